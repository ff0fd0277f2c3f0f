import type { Bench, Experiment, Figure, Side } from '../bench.ts'
import { growthOf, type Point } from '../growth.ts'
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
    const points: Record<Cost, Point[]> = { time: [], memory: [] }
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
    if (setting.profileDir === undefined) yield growth(points)
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

type Cost = 'time' | 'memory'

/** The same side; what it costs is a point of growth as well. */
function noting(points: Record<Cost, Point[]>, size: number, side: Side): Side {
  return {
    ...side,
    run: async () => {
      const readings = await side.run()
      points.time.push({ size, cost: readings.seconds ?? Number.NaN })
      points.memory.push({ size, cost: readings['peak MB'] ?? Number.NaN })
      return readings
    },
  }
}

/** Read off what was measured before: nothing is run for it. */
function growth(points: Record<Cost, Point[]>): Experiment {
  const costs: Cost[] = ['time', 'memory']
  return {
    title: 'import, growth with rows',
    ours: {
      name: 'drayage',
      run: async () =>
        Object.fromEntries(
          costs.flatMap((cost) => {
            const { exponent, least, most } = growthOf(points[cost])
            return [
              [cost, exponent],
              [`${cost}, least`, least],
              [`${cost}, most`, most],
            ]
          }),
        ),
    },
    peers: [],
    rounds: 1,
    figures: costs.flatMap((cost): Figure[] => [
      { name: `import, exponent of ${cost}`, unit: '', reading: cost },
      {
        name: `import, exponent of ${cost}, least of the 95 % interval`,
        unit: '',
        reading: `${cost}, least`,
        goal: { of: 'value', atMost: 1.1 },
      },
    ]),
  }
}
