import { fatal } from '../../../fatal.ts'
import { readMonth } from '../dates.ts'
import { gstinKind } from '../gstin.ts'
import type { Section } from './section.ts'
import { beginning } from './section-cells.ts'
import { sectionOf, sections } from './sections.ts'

/** What the name of a section's file tells. */
export type SectionName = {
  gstin: string
  section: Section
  /** First day of the return period, YYYY-MM-DD. */
  period: string
}

const pattern = '<GSTIN>_GOVT_GSTR1_<SECTION>_<MMYYYY>_<anything>.csv'

/**
 * Reads `27AAPFU0939F1ZV_GOVT_GSTR1_B2B_062025_sap1.csv`, whatever its case.
 *
 * Fatal faults: `file_name.malformed`, `file_name.gstin_malformed`, `file_name.section_unknown`,
 * `file_name.period_unreadable`, `file_name.period_before_gst`, `file_name.section_not_in_period`.
 */
export function readSectionName(fileName: string): SectionName {
  const [, first = '', rest] = /^([^_]*)_GOVT_GSTR1_(.+)\.[^.]*$/.exec(fileName.toUpperCase()) ?? []
  if (rest === undefined) {
    throw fatal('file_name.malformed', `The name does not say whose section this is. Name the file ${pattern}.`, { value: fileName })
  }
  const gstin = first.trim()
  if (gstinKind(gstin) === undefined) {
    const message = `The name begins with "${first}", which is not built like a GSTIN. Begin it with the 15 characters of the filer's.`
    throw fatal('file_name.gstin_malformed', message, { value: first })
  }
  const words = rest.split('_')
  const month = words.findIndex((word) => /^\d+$/.test(word))
  const key = words.slice(0, month < 0 ? 1 : month).join('_')
  const section = sectionOf(key)
  if (section === undefined) {
    const message = `The name says section "${key}", which GSTR-1 does not have here. Write one of ${sections.map((each) => each.key).join(', ')}.`
    throw fatal('file_name.section_unknown', message, { value: key })
  }
  const digits = words[month < 0 ? 1 : month] ?? ''
  const period = /^\d{6}$/.test(digits) ? readMonth(digits) : undefined
  if (period === undefined) {
    const message = `The name says period "${digits}", which is no month. Write it behind the section as MMYYYY, such as 062025.`
    throw fatal('file_name.period_unreadable', message, { value: digits })
  }
  if (period < beginning) {
    throw fatal('file_name.period_before_gst', `The name says period ${digits}, before the tax began. Correct it.`, { value: digits })
  }
  const { from = beginning, until = '9999' } = section
  if (period < from || period >= until) {
    const message =
      'Since May 2025 the summary by HSN is divided into the sections HSN_B2B and HSN_B2C, and before it is the section HSN. Send what is right for the period.'
    throw fatal('file_name.section_not_in_period', message, { value: key })
  }
  return { gstin, section, period }
}

/** MMYYYY, as returns write a period. */
export function periodName(period: string): string {
  return `${period.slice(5, 7)}${period.slice(0, 4)}`
}
