import type { Result } from './judge.ts'

const headings = ['figure', 'ours', 'peer', 'ratio', 'goal', '']

/** Results as rows of cells, for the terminal and for documents. */
export function cellsOf(result: Result): string[] {
  const { value, unit, peer, peerValue, ratio, goal } = result
  return [
    result.name,
    amount(value, unit, { spread: result.spread, runs: result.runs }),
    peer === null
      ? ''
      : peerValue === null
        ? `${peer}: missing`
        : `${peer} ${amount(peerValue, unit, { spread: result.peerSpread ?? 0, runs: result.peerRuns ?? 0 })}`,
    ratio === null ? '' : `${ratio.toFixed(2)} x`,
    goal ?? '',
    goal === null ? '' : result.met === null ? 'not judged' : result.met ? 'met' : 'MISSED',
  ]
}

export function textTable(results: readonly Result[]): string {
  const rows = [headings, ...results.map(cellsOf)]
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function markdownTable(results: readonly Result[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...results.map((result) => line(cellsOf(result)))].join('\n')
}

function amount(value: number, unit: string, { spread, runs }: { spread: number; runs: number }): string {
  const range = runs > 1 ? ` ±${Math.round(spread * 100)} %` : ''
  return `${inWords(value)} ${unit}${range}`
}

/** Three digits that count. */
export function inWords(value: number): string {
  const decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
}
