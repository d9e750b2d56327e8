/** Calls back when no dialog is open: at once, or when the last of them has closed. */
export function whenNoDialogIsOpen(callback: () => void) {
  const isOpen = () => document.querySelector('dialog[open]') !== null
  if (!isOpen()) return callback()
  const changes = new MutationObserver(() => {
    if (isOpen()) return
    changes.disconnect()
    callback()
  })
  changes.observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['open'],
  })
}
