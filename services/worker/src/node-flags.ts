/**
 * The flags of node that workers are started with: what bounds their memory, whatever the size of a file.
 *
 * The heap is small and the bytes of files pass outside of it, which V8 counts. Without room from the start it would
 * mark its whole heap again for every few megabytes that pass, which takes much of a worker's time.
 */
export const workerFlags = ['--max-old-space-size=160', '--max-semi-space-size=8', '--initial-old-space-size=140']
