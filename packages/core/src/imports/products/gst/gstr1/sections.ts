import { invoiceSections } from './invoice-sections.ts'
import { noteSections } from './note-sections.ts'
import { operatorSections } from './operator-sections.ts'
import type { Section } from './section.ts'
import { smallSupplySections } from './small-supply-sections.ts'
import { summarySections } from './summary-sections.ts'

/** Every section of the return that has files of its own. */
export const sections: readonly Section[] = [
  ...invoiceSections,
  ...noteSections,
  ...smallSupplySections,
  ...summarySections,
  ...operatorSections,
]

export function sectionOf(key: string): Section | undefined {
  return sections.find((section) => section.key === key)
}
