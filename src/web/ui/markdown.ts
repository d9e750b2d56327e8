/** Text that stays text in Markdown: nothing in it ends a cell, or makes a link or a mark of its own. */
export const plain = (text: string) => text.replace(/[\\`*_[\]<>|~&#!]/g, String.raw`\$&`)
