/** The page's one clock: countdowns and "today" follow it, so that all change together. */
let now = $state(Date.now());
let timer: ReturnType<typeof setInterval> | undefined;

export const clock = {
  /** Milliseconds, moved every second while the page is visible. */
  get now() {
    return now;
  },
  /** Looks at the time now, for what must not wait for the next second. */
  tick(): void {
    now = Date.now();
  },
  /** Coarser moments for rows that show minutes: changes 4 times a minute. */
  get date() {
    return new Date(now - (now % 15_000));
  },
};

function follow() {
  clearInterval(timer);
  if (document.hidden) return;
  clock.tick();
  timer = setInterval(() => clock.tick(), 1_000);
}
document.addEventListener("visibilitychange", follow);
follow();
