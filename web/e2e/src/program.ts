// A child process that says `ready URL` on its standard output.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";

const PATIENCE_MS = 30_000;

/** The path of a built program, from the environment or from where `cargo build` leaves it. */
export function built(name: "tresen" | "sims"): string {
  const given = process.env[name === "tresen" ? "TRESEN_BIN" : "SIMS_BIN"];
  if (given) return given;
  const target = process.env["CARGO_TARGET_DIR"] ?? new URL("../../../target", import.meta.url).pathname;
  return `${target}/debug/${name}`;
}

export class Program {
  /** All lines it has said so far, errors included. */
  readonly lines: string[] = [];
  url = "";

  private constructor(private readonly child: ChildProcess) {}

  static async start(path: string, args: string[]): Promise<Program> {
    const child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"] });
    const program = new Program(child);
    const ready = new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${path} was not ready in time:\n${program.lines.join("\n")}`)), PATIENCE_MS);
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`${path} ended with ${code}:\n${program.lines.join("\n")}`)));
      const hear = (line: string) => {
        program.lines.push(line);
        const url = /^ready (\S+)/.exec(line)?.[1];
        if (!url) return;
        clearTimeout(timer);
        resolve(url);
      };
      for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on("line", hear);
    });
    program.url = await ready;
    return program;
  }

  /** Resolves with the exit code once it has ended. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.child.once("exit", resolve));
    this.child.kill(signal);
    return ended;
  }
}

/** Runs a program to its end and returns what it wrote; its exit code must be 0. */
export function run(path: string, args: string[], input = ""): string {
  const done = spawnSync(path, args, { input, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${path} ${args[0]} ended with ${done.status}: ${done.stderr}`);
  return done.stdout.trim();
}
