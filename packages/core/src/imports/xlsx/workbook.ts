import { posix } from 'node:path'
import { fatal } from '../fatal.ts'
import type { ZipParts } from '../zip-parts.ts'
import { type DateSystem, type NumberFormat, numberFormat } from './number-format.ts'
import { readXml, type XmlHandler } from './read-xml.ts'
import { textOf } from './rich-text.ts'
import type { SharedTexts } from './shared-texts.ts'
import { corrupt } from './xlsx-faults.ts'

/** Where the parts of a workbook are that a reader of its first sheet needs. */
export type Workbook = { sheet: string; texts?: string; styles?: string; dates: DateSystem }

type Attributes = Record<string, string>

/** Fatal faults: `xlsx.not_a_workbook`, `xlsx.no_sheet`, and those of the parts. */
export async function findSheet(parts: ZipParts): Promise<Workbook> {
  if (!parts.has('_rels/.rels')) throw notAWorkbook()
  const path = (await relations(parts, '')).find(({ kind }) => kind === 'officeDocument')?.target
  if (path === undefined || !parts.has(path) || !path.toLowerCase().endsWith('.xml')) throw notAWorkbook()
  const sheets: Attributes[] = []
  let dates: DateSystem = 1900
  let isWorkbook = false
  for (const { name, attributes } of await elements(parts, path)) {
    if (name === 'workbook') isWorkbook = true
    else if (name === 'sheet') sheets.push(attributes)
    else if (name === 'workbookPr' && /^(1|true)$/.test(attributes.date1904 ?? '')) dates = 1904
  }
  if (!isWorkbook) throw notAWorkbook()
  const related = await relations(parts, path)
  const target = (kind: string) => related.find((each) => each.kind === kind && parts.has(each.target))?.target
  // What nobody sees was not meant, and a chart has no rows.
  const visible = sheets.filter(({ state = 'visible' }) => state === 'visible')
  const sheet = visible
    .map(({ id }) => related.find((each) => each.id === id))
    .find((each) => each !== undefined && each.kind === 'worksheet' && parts.has(each.target))
  if (sheet === undefined)
    throw fatal('xlsx.no_sheet', 'The workbook has no sheet with rows that can be seen. Put the rows on its first sheet.')
  return { sheet: sheet.target, texts: target('sharedStrings'), styles: target('styles'), dates }
}

/** How each style of the workbook shows numbers. */
export async function readNumberFormats(parts: ZipParts, path: string): Promise<NumberFormat[]> {
  const codes = new Map<number, string>()
  const formats: NumberFormat[] = []
  let within = ''
  for (const { name, attributes } of await elements(parts, path)) {
    if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '')
    else if (name === 'xf' && within === 'cellXfs') {
      const id = Number(attributes.numFmtId ?? 0)
      formats.push(numberFormat(id, codes.get(id)))
    } else if (name === 'cellXfs' || name === 'cellStyleXfs' || name === 'cellStyles') within = name
  }
  return formats
}

/** Reads the texts that cells name by number. */
export async function readSharedTexts(parts: ZipParts, path: string, limits: { texts: SharedTexts; cellBytes: number }): Promise<void> {
  const { texts, cellBytes } = limits
  const reader = textOf({ element: 'si', longest: cellBytes, take: texts.add })
  for await (const _ of readXml(parts.read(path), reader)) await texts.flush()
  await texts.flush()
}

type Relation = { id: string; kind: string; target: string }

/** What a part is related to: kinds without their namespace, targets as names of parts. */
async function relations(parts: ZipParts, path: string): Promise<Relation[]> {
  const { dir, base } = posix.parse(path)
  const name = posix.join(dir, '_rels', `${base}.rels`)
  if (!parts.has(name)) throw corrupt()
  return (await elements(parts, name))
    .filter(({ attributes }) => attributes.TargetMode !== 'External')
    .map(({ attributes: { Id = '', Type = '', Target = '' } }) => ({
      id: Id,
      kind: Type.slice(Type.lastIndexOf('/') + 1),
      target: Target.startsWith('/') ? Target.slice(1) : posix.join(dir, Target),
    }))
}

/** More than the parts that are no sheets should have; Excel itself takes 65,490 styles. */
const mostElements = 500_000
const mostCharacters = 16 * 1024 ** 2

/** The elements of a small part with their attributes, in their order. */
async function elements(parts: ZipParts, path: string): Promise<{ name: string; attributes: Attributes }[]> {
  const found: { name: string; attributes: Attributes }[] = []
  let attributes: Attributes = {}
  let characters = 0
  const handler: XmlHandler = {
    open: (name) => {
      attributes = {}
      if (found.push({ name, attributes }) > mostElements) throw corrupt()
    },
    attribute: (name, value) => {
      characters += value.length
      if (characters > mostCharacters) throw corrupt()
      attributes[name] = value
    },
  }
  for await (const _ of readXml(parts.read(path), handler));
  return found
}

function notAWorkbook() {
  return fatal('xlsx.not_a_workbook', 'The file is no workbook that can be read. Save it as XLSX or CSV and send it again.')
}
