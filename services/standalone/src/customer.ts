import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import ssh2, { type SFTPWrapper } from 'ssh2'

/** What a customer does at their own server. */
export type Customer = Disposable & {
  /** Uploads under a temporary name and renames, as careful people do. */
  drop(path: string, content: Readable): Promise<void>
  get(path: string): Promise<Buffer>
  list(folder: string): Promise<string[]>
}

export async function logInAsCustomer(login: { host: string; port: number; username: string; password: string }): Promise<Customer> {
  const client = new ssh2.Client()
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('error', reject).connect(login)
  })
  client.on('error', () => {})
  const sftp = await ask<SFTPWrapper>((done) => client.sftp(done))
  return {
    drop: async (path, content) => {
      await pipeline(content, sftp.createWriteStream(`${path}.part`))
      await ask<void>((done) => sftp.rename(`${path}.part`, path, (error) => done(error)))
    },
    get: (path) => ask<Buffer>((done) => sftp.readFile(path, done)),
    list: async (folder) => (await ask<{ filename: string }[]>((done) => sftp.readdir(folder, done))).map((entry) => entry.filename),
    [Symbol.dispose]: () => void client.end(),
  }
}

function ask<Answer>(question: (done: (error: Error | null | undefined, answer?: Answer) => void) => void): Promise<Answer> {
  return new Promise((resolve, reject) => question((error, answer) => (error ? reject(error) : resolve(answer as Answer))))
}
