/**
 * A closed queueing network of one station: a file in a worker's place waits `apart` seconds for what nobody shares, such as
 * a server that is far away, and asks for `shared` seconds of what all workers share, such as processors and PostgreSQL,
 * where it stands in line behind the others.
 */
export type Model = { shared: number; apart: number }

/** Files a second with so many places, by mean value analysis. */
export function throughput({ shared, apart }: Model, places: number): number {
  let inLine = 0
  let rate = 0
  for (let place = 1; place <= places; place++) {
    const there = shared * (1 + inLine)
    rate = place / (there + apart)
    inLine = rate * there
  }
  return rate
}

export type Measured = { places: number; rate: number }

/**
 * The model that explains two measurements, the one with fewer places exactly, and the other as well as it can: where twice
 * the places brought twice the files or more, nothing is shared.
 */
export function fit(few: Measured, many: Measured): Model {
  // With all of the time shared one file is served after the other; it cannot be more.
  const shared = bisect({ least: 0, most: 1 / few.rate, tooMuch: (value) => throughput(explaining(value, few), many.places) < many.rate })
  return explaining(shared, few)
}

/** The wait that leads to the measured rate, if so much is shared. */
function explaining(shared: number, { places, rate }: Measured): Model {
  const apart = bisect({ least: 0, most: places / rate, tooMuch: (value) => throughput({ shared, apart: value }, places) < rate })
  return { shared, apart }
}

function bisect({ least, most, tooMuch }: { least: number; most: number; tooMuch(value: number): boolean }): number {
  let [low, high] = [least, most]
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (tooMuch(middle)) high = middle
    else low = middle
  }
  return (low + high) / 2
}
