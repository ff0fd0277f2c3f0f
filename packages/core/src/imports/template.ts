import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Fault } from '../faults.ts'
import { operation } from '../operation.ts'
import { download, productKey } from '../wire.ts'
import type { Column } from './importer.ts'
import { actionOf, productOf } from './products/registry.ts'
import { csvWriter, neutralised } from './write-csv.ts'

const ofAction = z.strictObject({
  product: productKey,
  action: z.string().max(100),
  form: z.string().max(100).optional().meta({ description: 'for an action whose files have several forms, the key of one' }),
})
const write = csvWriter({ delimiter: ',', quote: '"' })

/**
 * A file to be filled in: the header line alone, so that it can be dropped with rows below it. Faults: `product.unknown`,
 * `action.unknown`, `action.form_unknown`.
 */
export const readTemplate = operation({
  name: 'actionTemplate',
  permission: 'product:read',
  input: ofAction,
  output: download,
  run: async ({ input }) => fileOf('template.csv', input, [columnsOf(input).map((column) => column.header)]),
})

/** What each column of the template takes, a line a column, in its order. Faults: as those of the template. */
export const readColumnGuide = operation({
  name: 'actionColumnGuide',
  permission: 'product:read',
  input: ofAction,
  output: download,
  run: async ({ input }) => {
    const lines = columnsOf(input).map(({ header, aliases = [], shorthand = [], required = false, help }) => [
      header,
      required ? 'yes' : 'no',
      [...aliases, shorthand].flat().join(', '),
      help,
    ])
    return fileOf('columns.csv', input, [
      ['Column', 'Required', 'Other names', 'What it takes'],
      ...lines.map((line) => line.map(neutralised)),
    ])
  },
})

function columnsOf(input: z.output<typeof ofAction>): readonly Column[] {
  const { columns, forms } = actionOf(productOf(input.product), input.action)
  if (forms === undefined && input.form === undefined) return columns
  const found = forms?.all.find(({ key }) => key === input.form)
  if (found !== undefined) return found.columns
  const keys = forms?.all.map(({ key }) => key).join(', ')
  const message =
    keys === undefined
      ? 'All files of this action have one form: leave it out.'
      : `The files of this action have several forms: name one of ${keys}.`
  throw new Fault('not_found', 'action.form_unknown', message)
}

function fileOf(
  name: string,
  { product, action, form }: z.output<typeof ofAction>,
  lines: readonly (readonly string[])[],
): z.input<typeof download> {
  const content = Buffer.from(lines.map(write).join(''))
  return {
    name: [product, action, ...(form === undefined ? [] : [form]), name].join('-'),
    contentType: 'text/csv',
    size: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: inOnePiece(content),
  }
}

async function* inOnePiece(content: Buffer): AsyncGenerator<Buffer, void, void> {
  yield content
}
