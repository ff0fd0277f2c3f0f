import type { Bench, Experiment, Side } from '../bench.ts'
import { growth, type Point } from '../growth.ts'
import { programs } from '../programs.ts'
import { memoryOf } from './memory.ts'
import { writeFlawlessRegister, writeRegister } from './registers.ts'
import { copy, ours, pgloader, type Task } from './sides.ts'
import { openSite } from './site.ts'

const rowsPerSecond = 25_000
const megabytes = 300

export const importBench: Bench = {
  name: 'import',
  about: 'a sales register of 65 columns, from the SFTP server to committed rows and delivered results',
  needs: [programs.sshd, programs.psql],
  async *experiments(setting) {
    const rows = setting.quick ? 50_000 : 200_000
    await using site = await openSite(setting)
    const { directory } = site.server
    const [register, flawless] = [await writeRegister(directory, { rows }), await writeFlawlessRegister(directory, { rows })]
    {
      await using _worker = await site.startWorker('import')
      yield speed({ site, setting, register, flawless })
    }
    const points = { time: [], memory: [], report: [] }
    for (const size of setting.quick ? [10_000, 30_000, 100_000] : [10_000, 100_000, 1_000_000]) {
      const name = `memory of the worker, ${size.toLocaleString('en')} rows`
      const figure = { name, unit: 'MB', reading: 'peak MB', goal: { of: 'value', atMost: megabytes } } as const
      yield {
        title: name,
        ours: noting(points, size, memoryOf({ site, setting }, { rows: size })),
        peers: [],
        rounds: 1,
        figures: [figure],
      }
    }
    if (setting.profileDir !== undefined) return
    const { report, ...costs } = points
    yield growth('import', costs)
    yield growth('report', { time: report })
  },
}

function speed(task: Task): Experiment {
  const name = `import, ${task.register.rows.toLocaleString('en')} rows x 65`
  const [byCopy, byPgloader] = [copy(task), pgloader(task)]
  const rate = { unit: 'rows/s', reading: 'rows/s' }
  return {
    title: name,
    ours: ours(task),
    peers: [byCopy, byPgloader],
    figures: [
      { name, ...rate, peers: [byCopy.name], goal: { of: 'value', atLeast: rowsPerSecond } },
      { name, ...rate, peers: [byPgloader.name] },
      { name: `${name}, from the drop`, unit: 's', reading: 'from drop' },
    ],
  }
}

/** The same side; what it costs is a point of growth as well. */
function noting(points: { time: Point[]; memory: Point[]; report: Point[] }, size: number, side: Side): Side {
  return {
    ...side,
    run: async () => {
      const readings = await side.run()
      points.time.push({ size, cost: readings.seconds ?? Number.NaN })
      points.memory.push({ size, cost: readings['peak MB'] ?? Number.NaN })
      points.report.push({ size, cost: readings.report ?? Number.NaN })
      return readings
    },
  }
}
