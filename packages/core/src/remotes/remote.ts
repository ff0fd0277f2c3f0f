import type { Protocol } from '@drayage/db/vocabulary'
import type { ListingShare } from './listing-room.ts'

/**
 * The seam between Drayage and a customer's file server: what every protocol's adapter promises.
 *
 * A Remote is one open, logged-in session. `remote.conformance.ts` is the specification of the promises below and runs
 * against every adapter on every real server.
 *
 * Paths are absolute, `/`-separated, and built by `joinPath` from a checked directory and a checked name.
 * Every operation has a total deadline, and transfers a byte-rate floor besides (`RemoteLimits`).
 * Operations may be asked for side by side; where the protocol does one thing at a time they take turns, so nobody may wait
 * for another one while he reads a file.
 * An operation that fails throws a Fault with one of `remoteFaults`; after `unreachable` the session is dead and must be
 * disposed, and whether the operation took place is unknown: look before doing it again.
 */
export type Remote = {
  /**
   * How many may use the session at the same time and not notice, if none of them moves much: 1 where the protocol does one
   * thing at a time.
   */
  readonly usesAtOnce: number
  /**
   * The regular files and directories directly in `directory`. Links and devices are left out. Names that are hostile or
   * cannot be carried (`checkName`) are not entries: they come back in `refused`, shown in escaped form.
   * @param share told of the entries as they arrive, in time that is not the server's; without one the listing has its own
   * Faults: `remote.not_found`, `remote.permission_denied`, `remote.listing_too_large`.
   */
  list(directory: string, share?: ListingShare): Promise<Listing>
  /** What is at `path`, following links; undefined where nothing is. */
  stat(path: string): Promise<RemoteEntry | undefined>
  /**
   * The bytes of a file in order, to its end as it is when reached. A chunk is the reader's until it asks for the next:
   * then its memory may be used again. Not read on: the session stays usable.
   */
  read(path: string): AsyncIterable<Buffer>
  /**
   * Makes or truncates `path` and writes all of `source`; resolves when the server has confirmed every byte. When the
   * source throws, its error is rethrown and what was written is left for `remove`.
   */
  write(path: string, source: AsyncIterable<Buffer>): Promise<{ bytes: number }>
  /** Renames within the server. Never overwrites: `remote.exists` where `to` is taken, `remote.not_found` where `from` is not there. */
  move(from: string, to: string): Promise<void>
  /** Removes a file. Nothing there is success. */
  remove(path: string): Promise<void>
  /** Makes one directory, whose parent exists. An existing directory is success; a file in its place `remote.exists`. */
  makeDirectory(path: string): Promise<void>
  /** Removes an empty directory. Nothing there is success. */
  removeDirectory(path: string): Promise<void>
  /** Closes the session. Never throws, never waits longer than the `close` limit. */
  [Symbol.asyncDispose](): Promise<void>
}

/** A session, and what the server showed of itself when it was opened; a fault that refuses it carries the same in its details. */
export type OpenedRemote = { remote: Remote; hostKey?: ObservedHostKey; certificate?: ObservedCertificate }
export type ObservedHostKey = { type: string; fingerprint: string; trusted: boolean }
export type ObservedCertificate = { pem: string; fingerprint: string; trusted: boolean }

export type RemoteEntry = {
  /** One path segment. */
  name: string
  type: 'file' | 'directory'
  /** Bytes; 0 for a directory. */
  size: number
  /** The server's own word for when it changed, compared for equality only and never as a time. */
  modified: string
}

export type Listing = { entries: RemoteEntry[]; refused: { shown: string; reason: string }[] }

/** How to reach and enter a server: all an adapter gets. Secrets are in the clear here and go nowhere else. */
export type Endpoint = {
  protocol: Protocol
  host: string
  port: number
  username: string
  password?: string
  privateKey?: string
  passphrase?: string
  /** `SHA256:...` fingerprints of the host keys a person accepted. None: any key is refused and shown. */
  trustedHostKeys: readonly string[]
  /** PEM of the certificate a person accepted. */
  trustedCertificate?: string
  tlsMode: 'explicit' | 'implicit'
  transferMode: 'passive' | 'active'
  algorithms: 'default' | 'legacy'
}

/** Milliseconds, bytes and bytes a second. Tests shorten them. */
export type RemoteLimits = {
  connectMs: number
  /** TLS or SSH handshake and log-in together. */
  loginMs: number
  /** One command without data: stat, move, remove, make a directory. */
  commandMs: number
  listMs: number
  /** A transfer that stays below `floorBytesPerSecond` for this long is given up. Only time spent waiting for the server counts. */
  floorWindowMs: number
  floorBytesPerSecond: number
  /** Waiting for the server in one whole transfer. */
  transferMs: number
  closeMs: number
  /** Entries and bytes of one listing. */
  listEntries: number
  listBytes: number
}

export const remoteLimits: RemoteLimits = {
  connectMs: 15_000,
  loginMs: 20_000,
  commandMs: 30_000,
  listMs: 120_000,
  floorWindowMs: 60_000,
  floorBytesPerSecond: 1024,
  transferMs: 6 * 3600_000,
  closeMs: 2_000,
  listEntries: 50_000,
  listBytes: 8 * 1024 * 1024,
}
