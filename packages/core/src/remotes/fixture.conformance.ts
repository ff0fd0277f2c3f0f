import type { TestContext } from 'vitest'
import type { Remote, RemoteLimits } from './remote.ts'

/** A server the suite can run against. */
export type RemoteFixture = {
  name: string
  start(): Promise<RunningServer>
  /** Why this server cannot take part here. */
  skip?: string
}

export type RunningServer = AsyncDisposable & {
  /** Opens a session; limits that are not given are those of production. */
  open(limits?: Partial<RemoteLimits>): Promise<Remote>
  /** An existing, empty directory of the server. */
  directory: string
  /** What of the protocol or the server cannot be otherwise. */
  differs?: Differences
  /** Undefined where files can only be reached through a session. */
  behind?: Behind
}

export type Differences = {
  /** A session does one thing at a time: what is asked for while a file is read waits until that has ended. */
  oneAtATime?: true
  /** A listing is lines of text, in which a name with a line end is two. */
  listsInLines?: true
  /** Of a link it tells that it is a file, as long as the link. */
  measuresLinks?: true
  /** To look at a link that leads to itself fails. */
  failsOnLoops?: true
  /** It may end the session when a reader does not read on. */
  mindsEarlyStops?: true
  /** A file is read as long as it was when it was opened; to read one that was cut since then may fail. */
  readsToFormerEnd?: true
}

/** Changes the server's files behind the session's back, as the customer's own programs do. Paths are those a session sees. */
export type Behind = {
  link(target: string, path: string): Promise<void>
  /** Makes an empty file whose name is these bytes. */
  nameOfBytes(directory: string, name: Buffer): Promise<void>
  append(path: string, bytes: Buffer): Promise<void>
  truncate(path: string, size: number): Promise<void>
  /** Takes from the session's user the right to list, make or remove anything in the directory. */
  forbid(directory: string): Promise<void>
}

/** What a test of the suite works with: the server, a session that stays open, and a new empty directory for each test. */
export type Here = {
  readonly server: RunningServer
  readonly remote: Remote
  readonly directory: string
  /** A path below the directory. */
  at(...names: string[]): string
  /** Writes a file; its own name is its content if none is given. */
  put(name: string, content?: string | Buffer): Promise<unknown>
  text(name: string): Promise<string>
  names(): Promise<string[]>
  /** Skips the test where there is no way behind the session. */
  behind(context: TestContext): Behind
}

/** A source of these chunks. */
export async function* chunks(...parts: Buffer[]): AsyncGenerator<Buffer> {
  yield* parts
}

/** Everything a source gives, in one buffer. */
export async function collect(source: AsyncIterable<Buffer>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(source, (chunk) => Buffer.from(chunk)))
}
