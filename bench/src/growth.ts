import type { Experiment, Figure } from './bench.ts'

/** What a growth may be at most and still be in proportion. */
const inProportion = 1.1

/**
 * How costs grew with a size, read off what was measured before: nothing is run for it. `of` is what grows: 'import'.
 *
 * @param costs points that earlier experiments fill, by the name of the cost
 */
export function growth(of: string, costs: Readonly<Record<string, readonly Point[]>>): Experiment {
  const run = async () =>
    Object.fromEntries(
      Object.entries(costs).flatMap(([cost, points]) => {
        const { exponent, least, most } = growthOf(points)
        return [
          [cost, exponent],
          [`${cost}, least`, least],
          [`${cost}, most`, most],
        ]
      }),
    )
  const figures = Object.keys(costs).flatMap((cost): Figure[] => [
    { name: `${of}, exponent of ${cost}`, unit: '', reading: cost },
    {
      name: `${of}, exponent of ${cost}, least of the 95 % interval`,
      unit: '',
      reading: `${cost}, least`,
      goal: { of: 'value', atMost: inProportion },
    },
  ])
  return { title: `${of}, growth`, ours: { name: 'drayage', run }, peers: [], rounds: 1, figures }
}

/** How a cost grew with a size: in proportion to size to the power of `exponent`, which with 95 % confidence is in the interval. */
export type Growth = { exponent: number; least: number; most: number }

export type Point = { size: number; cost: number }

/** 97.5 % of Student's t with 1 to 10 degrees of freedom; with more of them the last one is a little careful. */
const student = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228]

/** The line of least squares through the logarithms. Needs three points or more, of different sizes. */
export function growthOf(points: readonly Point[]): Growth {
  if (points.length < 3) throw new Error('growth needs three points')
  const xs = points.map(({ size }) => Math.log(size))
  const ys = points.map(({ cost }) => Math.log(cost))
  const [meanX, meanY] = [mean(xs), mean(ys)]
  const squares = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0)
  const exponent = xs.reduce((sum, x, at) => sum + (x - meanX) * ((ys[at] ?? 0) - meanY), 0) / squares
  const missed = xs.reduce((sum, x, at) => sum + ((ys[at] ?? 0) - meanY - exponent * (x - meanX)) ** 2, 0)
  const freedom = points.length - 2
  const either = (student[freedom - 1] ?? student.at(-1) ?? 0) * Math.sqrt(missed / freedom / squares)
  return { exponent, least: exponent - either, most: exponent + either }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
