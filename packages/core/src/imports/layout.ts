import type { Action, Product } from './importer.ts'

/** Where a client's folders are, absolute on its server. */
export type Layout = {
  /** Every folder to make, parents first. */
  folders: readonly string[]
  /** Path of one folder of an action. */
  path(folder: string): string
}

/** @param client.rootFolder the operator's brand as it was when the client was made */
export function layoutOf(product: Product, client: { baseDirectory: string; rootFolder: string }): Layout {
  const base = client.baseDirectory.replace(/\/+$/, '')
  const root = product.below === 'root_folder' ? `${base}/${client.rootFolder}` : base
  const path = (folder: string) => `${root}/${folder}`
  const folders = new Set<string>()
  if (product.below === 'root_folder') folders.add(root)
  for (const folder of [...product.actions.flatMap(actionFolders), ...exportFolders(product)]) {
    const segments = folder.split('/')
    for (let depth = 1; depth <= segments.length; depth++) folders.add(path(segments.slice(0, depth).join('/')))
  }
  return { folders: [...folders], path }
}

/** Folders of the product that its exports are written into. */
export function exportFolders({ exports }: Product): string[] {
  return exports?.kinds.map(({ folder }) => folder) ?? []
}

function actionFolders(action: Action): string[] {
  const { inboxes, claimed, done, failed, outputs } = action.folders
  return [...inboxes.map((inbox) => inbox.folder), claimed, done, failed, ...Object.values(outputs)]
}
