// Prints each test in one line and, at the end, `N passed, N failed`.
import type { FullConfig, FullResult, Reporter, Suite, TestCase, TestResult } from "@playwright/test/reporter";

export default class Report implements Reporter {
  #passed = 0;
  #failed = 0;
  #begun = 0;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#begun = performance.now();
    console.log(`${suite.allTests().length} tests`);
  }

  onStdOut(chunk: string | Buffer): void {
    process.stdout.write(chunk);
  }

  onStdErr(chunk: string | Buffer): void {
    process.stderr.write(chunk);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const name = test.titlePath().slice(3).join(" › ");
    const took = `${(result.duration / 1000).toFixed(1)} s`;
    if (result.status === "passed") {
      this.#passed += 1;
      console.log(`  ok    ${name}  (${took})`);
      return;
    }
    if (result.status === "skipped") return;
    this.#failed += 1;
    console.log(`  FAIL  ${name}  (${took})`);
    for (const error of result.errors) console.log(indented(plain(`${error.stack ?? error.message ?? error.value}\n${error.snippet ?? ""}`)));
  }

  onError(error: { stack?: string; message?: string }): void {
    this.#failed += 1;
    console.log(error.stack ?? error.message);
  }

  onEnd(_result: FullResult): void {
    const seconds = ((performance.now() - this.#begun) / 1000).toFixed(0);
    console.log(`All journeys took ${seconds} s.`);
    // Alone on its line: the runner reads the counts from it.
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
  }

  printsToStdio(): boolean {
    return true;
  }
}

/** Without terminal colours, which are noise in a log. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/\u001b\[\d+m/g, "");
}

function indented(text: string): string {
  return text.replace(/^/gm, "        ");
}
