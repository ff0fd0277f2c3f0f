import { remoteFault } from './remote-faults.ts'

const nameBytes = 200
const segmentBytes = 255
const directoryBytes = 1024

const controls = /[\p{Cc}\p{Zl}\p{Zp}]/u
// Source: Unicode UAX 9, explicit embeddings, overrides and isolates: they let `gpj.exe` read as `exe.jpg`.
const directionOverrides = /[\u202a-\u202e\u2066-\u2069]/u

/**
 * Why a name from outside cannot be carried safely through logs, paths, mails and results; undefined for a good one.
 * A name is one path segment of at most 200 bytes, so that ours, made of it, stay within the 255 that file systems allow.
 */
export function checkName(name: string): string | undefined {
  return checkSegment(name, nameBytes)
}

function checkSegment(name: string, maxBytes: number): string | undefined {
  if (name === '') return 'it is empty'
  if (name === '.' || name === '..') return 'it points to a folder'
  if (/[/\\]/.test(name)) return 'it holds a path separator'
  if (!name.isWellFormed() || name.includes('\ufffd')) return 'it is not valid UTF-8'
  if (controls.test(name)) return 'it holds a control character'
  if (directionOverrides.test(name)) return 'it holds a character that changes the reading direction'
  if (Buffer.byteLength(name) > maxBytes) return `it is longer than ${maxBytes} bytes`
  // Some servers hand names to a command line.
  if (name.startsWith('-')) return 'it starts with a dash'
  // FTP listings cannot show these.
  if (name !== name.trim()) return 'it starts or ends with a space'
  return undefined
}

/** A name made safe to show and store: what cannot be seen is written as `\u{...}`; at most 200 characters. */
export function showName(name: string): string {
  const shown = name
    .slice(0, nameBytes)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\\]/gu, (hidden) => `\\u{${hidden.codePointAt(0)?.toString(16)}}`)
  return shown.length <= nameBytes ? shown : `${shown.slice(0, nameBytes - 1)}…`
}

/**
 * `directory` and the names below it, joined. The only way to make a remote path. Fault: `remote.name_refused` for a name
 * that would leave the directory or cannot be carried.
 */
export function joinPath(directory: string, ...names: string[]): string {
  return names.reduce((path, name) => {
    const reason = checkSegment(name, segmentBytes)
    if (reason !== undefined) throw remoteFault('remote.name_refused', { name: showName(name), reason })
    return path.endsWith('/') ? path + name : `${path}/${name}`
  }, directory)
}

/** The directory a path lies in; the root lies in itself. */
export function directoryOf(path: string): string {
  const directory = path.slice(0, path.lastIndexOf('/'))
  return /^([A-Za-z]:)?$/.test(directory) ? `${directory}/` : directory
}

/** The last segment of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Why a text cannot be a base directory; undefined for a good one: absolute, `/`-separated, also `X:/...` as Windows servers have it. */
export function checkBaseDirectory(text: string): string | undefined {
  if (!/^([A-Za-z]:)?\//.test(text)) return 'it is not absolute: start with a slash'
  if (Buffer.byteLength(text) > directoryBytes) return `it is longer than ${directoryBytes} bytes`
  return segmentsOf(text)
    .map((segment) => checkSegment(segment, segmentBytes))
    .find((reason) => reason !== undefined)
}

/** A good base directory without doubled and trailing slashes; names stay as typed. */
export function normaliseBaseDirectory(text: string): string {
  const drive = /^[A-Za-z]:/.exec(text)?.[0] ?? ''
  return `${drive}/${segmentsOf(text).join('/')}`
}

function segmentsOf(directory: string): string[] {
  return directory
    .replace(/^[A-Za-z]:/, '')
    .split('/')
    .filter((segment) => segment !== '')
}
