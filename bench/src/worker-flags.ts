/** How much memory a worker's Node may take. */
export const workerFlags = ['--max-old-space-size=160', '--max-semi-space-size=8']
