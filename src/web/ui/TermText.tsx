import { type TermId, terms } from './terms.ts'

/** What a word means: the content of a term's popover. */
export function TermText({ of }: { of: TermId }) {
  const { title, paragraphs, ...more } = terms[of]
  return (
    <div className="flex flex-col gap-2 text-base font-normal tracking-normal text-pretty whitespace-normal">
      <p className="font-semibold text-ink">{title}</p>
      {paragraphs.map((text) => (
        <p key={text} className="text-ink-2">
          {text}
        </p>
      ))}
      {'points' in more ? (
        <ul className="flex flex-col gap-1.5">
          {more.points.map(({ word, text }) => (
            <li key={word} className="text-ink-2">
              <strong className="font-medium text-ink">{word}.</strong> {text}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}
