const formats = new Map<string, Intl.DateTimeFormat>()

/** The calendar day, YYYY-MM-DD, that it is at an instant in a time zone such as Asia/Kolkata. */
export function businessDate(instant: Date, timeZone: string): string {
  // Each takes longer to make than a small file to read; there are as many as time zones.
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  formats.set(timeZone, format)
  return format.format(instant)
}
