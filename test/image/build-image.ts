import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { dirname, join, matchesGlob, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDockerfile, type Stage } from './dockerfile.ts'

/** An image as a folder: what a container of it would see below `root`, and how it would be started. */
export type Image = { root: string; workdir: string; env: Record<string, string>; user?: { uid: number; gid: number }; command: string[] }

export type BuildOptions = {
  /** An empty folder; each stage gets one in it. */
  folder: string
  targets: readonly string[]
}

const context = fileURLToPath(new URL('../../', import.meta.url))
export const dockerfile = join(context, 'docker/Dockerfile')

/**
 * Runs the steps of `docker/Dockerfile` on this machine, without an engine: this machine, with the Node that runs us,
 * stands for the base images. Steps of one stage are run in its folder, so their paths have to be relative.
 *
 * @returns the images of the targets, by name
 */
export async function buildImages({ folder, targets }: BuildOptions): Promise<Map<string, Image>> {
  const stages = parseDockerfile(await readFile(dockerfile, 'utf8'))
  const ignored = (await readFile(`${dockerfile}.dockerignore`, 'utf8')).split('\n').filter((line) => line !== '')
  const built = new Map<string, Image>()
  for (const stage of stages) built.set(stage.name, await buildStage(stage))
  return new Map(targets.map((target) => [target, imageOf(target)]))

  function imageOf(name: string): Image {
    const image = built.get(name)
    if (image === undefined) throw new Error(`the Dockerfile has no stage ${name}`)
    return image
  }

  async function buildStage({ name, from, steps }: Stage): Promise<Image> {
    const base = built.get(from)
    const root = join(folder, name)
    await mkdir(root)
    if (base !== undefined) await run(`cp -a . "${root}"`, { cwd: base.root })
    const image: Image = { ...(base ?? { workdir: '/', command: [] }), root, env: { ...base?.env } }
    const inside = (path: string) => (path.startsWith('/') ? join(root, path) : join(root, image.workdir, path))
    for (const step of steps) {
      if (step.kind === 'workdir') {
        image.workdir = step.path
        await mkdir(inside('.'), { recursive: true })
      } else if (step.kind === 'env') Object.assign(image.env, step.values)
      else if (step.kind === 'user') image.user = { uid: step.uid, gid: step.gid }
      else if (step.kind === 'cmd') image.command = step.args
      else if (step.kind === 'run') await run(step.command, { cwd: inside('.'), env: image.env })
      else {
        for (const source of step.sources) {
          const target =
            step.target.endsWith('/') && step.from === undefined ? join(step.target, source.split('/').at(-1) ?? '') : step.target
          if (step.from === undefined) await copyFromContext(source, { target: inside(target), chmod: step.chmod })
          else await run(`cp -a . "${inside(target)}"`, { cwd: join(imageOf(step.from).root, source) })
        }
      }
    }
    return image
  }

  /** Files, and what is in folders, save for what the builder is told to ignore. */
  async function copyFromContext(source: string, { target, chmod }: { target: string; chmod?: string }): Promise<void> {
    await mkdir(dirname(target), { recursive: true })
    const copy = await mkdtemp(join(folder, 'copy-'))
    const filter = (path: string) => !ignored.some((pattern) => matchesGlob(relative(context, path), pattern))
    await cp(join(context, source), join(copy, 'it'), { recursive: true, filter })
    if (chmod !== undefined) await run(`chmod -R ${chmod} it`, { cwd: copy })
    await cp(join(copy, 'it'), target, { recursive: true })
    await rm(copy, { recursive: true })
  }
}

/** As RUN does it: with a shell, and with nothing of the environment of whoever builds but how to find programs and registries. */
async function run(command: string, options: { cwd: string; env?: Record<string, string> }): Promise<void> {
  const outer = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|https?_proxy|no_proxy|npm_config_registry|NODE_EXTRA_CA_CERTS)$/i.test(name),
  )
  const child = spawn('sh', ['-c', command], {
    cwd: options.cwd,
    env: { ...Object.fromEntries(outer), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      said = (said + bytes).slice(-4000)
    })
  }
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${said}`)
}
