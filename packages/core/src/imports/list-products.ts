import { z } from 'zod'
import { operation } from '../operation.ts'
import { listOf, productKey, transferMode } from '../wire.ts'
import { errorOutput } from './error-file.ts'
import type { Action, Column, Product } from './importer.ts'
import { layoutOf } from './layout.ts'
import { products } from './products/registry.ts'

const column = z
  .object({
    header: z.string(),
    aliases: z.array(z.string()),
    shorthand: z.string().optional().meta({ description: 'a short name; a header line uses them for all of its columns or for none' }),
    required: z.boolean().meta({ description: 'a file without this column is not imported' }),
    help: z.string(),
  })
  .meta({ id: 'Column' })

const inbox = z
  .object({
    folder: z.string(),
    mode: transferMode,
    subfolders: z.boolean().meta({ description: 'whether folders that you make in it are inboxes as well' }),
  })
  .meta({ id: 'Inbox' })

const outputFolder = z.object({ kind: z.string(), folder: z.string() }).meta({ id: 'OutputFolder' })

const folders = z
  .object({
    inboxes: listOf(inbox, { most: 4 }),
    claimed: z.string(),
    done: z.string(),
    failed: z.string(),
    outputs: listOf(outputFolder, { most: 4 }),
  })
  .meta({ id: 'ActionFolders', description: 'below the base directory of an FTP client' })

const form = z
  .object({ key: z.string(), title: z.string(), columns: listOf(column, { most: 15 }) })
  .meta({ id: 'FileForm', description: 'one of several kinds of file that an action takes, told apart by their names' })

const action = z
  .object({
    key: z.string(),
    title: z.string(),
    folders,
    columns: listOf(column, { most: 80 }),
    forms: listOf(form, { most: 31 }).optional().meta({ description: 'where files have several forms; then `columns` is empty' }),
    outputs: z.array(z.string()).meta({ description: 'the kinds of result files there can be' }),
  })
  .meta({ id: 'Action' })

const product = z.object({ key: productKey, title: z.string(), actions: listOf(action, { most: 4 }) }).meta({ id: 'ProductDescription' })

/** What can be imported, and how a file of each kind has to look. */
export const listProducts = operation({
  name: 'products',
  permission: 'product:read',
  input: z.strictObject({}),
  output: z.object({ items: listOf(product, { most: 4 }) }).meta({ id: 'ProductList' }),
  run: async ({ ctx }) => ({
    items: products.map((each) => ({
      key: each.key,
      title: each.title,
      actions: each.actions.map((its) => describe(its, { product: each, rootFolder: ctx.settings.rootFolder })),
    })),
  }),
})

function describe(its: Action, where: { product: Product; rootFolder: string }): z.input<typeof action> {
  const { path } = layoutOf(where.product, { baseDirectory: '', rootFolder: where.rootFolder })
  const below = (folder: string) => path(folder).slice(1)
  const { inboxes, claimed, done, failed, outputs } = its.folders
  return {
    key: its.key,
    title: its.title,
    folders: {
      inboxes: inboxes.map(({ folder, mode, subfolders = false }) => ({ folder: below(folder), mode, subfolders })),
      claimed: below(claimed),
      done: below(done),
      failed: below(failed),
      outputs: Object.entries(outputs).map(([kind, folder]) => ({ kind, folder: below(folder) })),
    },
    columns: its.columns.map(described),
    forms: its.forms?.all.map(({ key, title, columns }) => ({ key, title, columns: columns.map(described) })),
    outputs: [...its.outputs, ...(its.reports ?? [errorOutput])].map(({ kind }) => kind),
  }
}

function described({ header, aliases = [], shorthand, required = false, help }: Column): z.input<typeof column> {
  return { header, aliases: [...aliases], shorthand, required, help }
}
