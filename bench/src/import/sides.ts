import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Setting, Side } from '../bench.ts'
import { programs } from '../programs.ts'
import { runProgram } from '../run-program.ts'
import { sftp } from '../sftp-server.ts'
import { dropRegister } from './drop-register.ts'
import { createFlatTable, dateStyle, fields, flatTable, psql } from './flat-table.ts'
import type { Register } from './registers.ts'
import type { Site } from './site.ts'

/** A register on the server and where it is to go. */
export type Task = { site: Site; setting: Setting; register: Register; flawless: Register }

export function ours({ site, setting, register }: Task): Side {
  return {
    name: 'drayage',
    run: async () => {
      await psql(site.databaseUrl, 'truncate gst_documents, gst_document_lines, gst_current_documents; checkpoint;', setting.signal)
      return dropRegister(site, register, setting.signal)
    },
  }
}

/** What a script would do: fetch the file, load it as it is. */
export function copy(task: Task): Side {
  const { site, setting, flawless } = task
  return {
    name: 'sftp get, psql \\copy',
    needs: [programs.sftp, programs.psql],
    run: async () => {
      await emptyFlatTable(task)
      const file = await fetched(task)
      const statement = `\\copy ${flatTable} (${fields.join(', ')}) from '${file.path}' with (format csv, header true)\n`
      const loading = await psql(site.databaseUrl, statement, setting.signal)
      const seconds = file.seconds + loading.seconds
      return { seconds, 'rows/s': flawless.rows / seconds, fetch: file.seconds, load: loading.seconds }
    },
  }
}

export function pgloader(task: Task): Side {
  const { site, setting, flawless } = task
  return {
    name: 'sftp get, pgloader',
    needs: [programs.sftp, programs.pgloader, programs.psql],
    once: true,
    run: async () => {
      await emptyFlatTable(task)
      const file = await fetched(task)
      const columns = fields.map((field) => `${field} [null if blanks]`).join(', ')
      const script = `
        load csv from '${file.path}' (${columns}) into ${site.databaseUrl}?${flatTable} (${fields.join(', ')})
        with skip header = 1, fields terminated by ',', fields optionally enclosed by '"', fields escaped by double-quote
        set datestyle to '${dateStyle}';`
      const scriptFile = join(setting.workDir, 'register.load')
      await writeFile(scriptFile, script)
      const args = ['--root-dir', join(setting.workDir, 'pgloader'), scriptFile]
      const loading = await runProgram({ command: 'pgloader', args, signal: setting.signal })
      const seconds = file.seconds + loading.seconds
      const { stdout } = await psql(site.databaseUrl, `select count(*) from ${flatTable};`, setting.signal)
      if (Number(stdout) !== flawless.rows) throw new Error(`pgloader loaded ${stdout.trim()} of ${flawless.rows} rows: ${loading.stdout}`)
      return { seconds, 'rows/s': flawless.rows / seconds, fetch: file.seconds, load: loading.seconds }
    },
  }
}

async function emptyFlatTable({ site, setting }: Task): Promise<void> {
  await psql(site.databaseUrl, `drop table if exists ${flatTable}; ${createFlatTable} checkpoint;`, setting.signal)
}

async function fetched({ site, setting, flawless }: Task): Promise<{ path: string; seconds: number }> {
  const path = join(setting.workDir, 'fetched.csv')
  await rm(path, { force: true })
  const seconds = await sftp(site.server, { command: `get "${flawless.path}" "${path}"`, signal: setting.signal })
  return { path, seconds }
}
