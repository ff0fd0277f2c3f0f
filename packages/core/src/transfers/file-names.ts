import { extname } from 'node:path/posix'

/** Names to try in turn, so that nothing is ever overwritten: the plain one, then with more and more of the transfer's id. */
export function candidateNames(file: { fileName: string; transferId: string; extension?: string }): string[] {
  const own = extname(file.fileName)
  const stem = file.fileName.slice(0, file.fileName.length - own.length)
  const extension = file.extension ?? own
  return [`${stem}${extension}`, `${stem}~${file.transferId.slice(0, 8)}${extension}`, `${stem}~${file.transferId}${extension}`]
}
