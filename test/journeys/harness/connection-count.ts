/** How many connections an OpenSSH server has, by its own log at `LogLevel VERBOSE`. */
export type ConnectionCount = { onLine(line: string): void; now(): number; most(): number; total(): number }

export function countConnections(): ConnectionCount {
  const open = new Set<string>()
  let most = 0
  let total = 0
  return {
    onLine: (line) => {
      const came = /^Connection from \S+ port (\d+)/.exec(line)?.[1]
      const went = /^(?:Disconnected from|Connection (?:closed|reset) by|Read error from|Timeout).* port (\d+)/.exec(line)?.[1]
      if (came !== undefined) {
        open.add(came)
        total++
        most = Math.max(most, open.size)
      }
      if (went !== undefined) open.delete(went)
    },
    now: () => open.size,
    most: () => most,
    total: () => total,
  }
}
