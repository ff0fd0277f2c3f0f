/** Does `work` for each, so many at once. */
export async function inParallel<T>(each: readonly T[], options: { atOnce: number }, work: (one: T) => Promise<void>): Promise<void> {
  const rest = each.values()
  const lanes = Array.from({ length: options.atOnce }, async () => {
    for (const one of rest) await work(one)
  })
  await Promise.all(lanes)
}
