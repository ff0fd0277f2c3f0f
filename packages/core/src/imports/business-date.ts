/** The calendar day, YYYY-MM-DD, that it is at an instant in a time zone such as Asia/Kolkata. */
export function businessDate(instant: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(instant)
}
