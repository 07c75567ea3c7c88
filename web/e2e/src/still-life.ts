// A photo of a bag that no camera took: drawn, lit and grained by the browser, owned by nobody.
import type { Browser } from "@playwright/test";
import type { Picture } from "./company.ts";

const SCENE = `
<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1200" viewBox="-220 140 1640 1230" preserveAspectRatio="xMidYMid slice">
  <defs>
    <linearGradient id="wall" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#efe5d6"/><stop offset=".6" stop-color="#d3c3ad"/><stop offset="1" stop-color="#a8957d"/></linearGradient>
    <linearGradient id="table" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#8d6a48"/><stop offset="1" stop-color="#5b3f28"/></linearGradient>
    <linearGradient id="hide" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#c98347"/><stop offset=".5" stop-color="#a9622c"/><stop offset="1" stop-color="#7a4119"/></linearGradient>
    <linearGradient id="flap" x1="0" y1="0" x2=".7" y2="1"><stop offset="0" stop-color="#d9935a"/><stop offset=".55" stop-color="#b56c34"/><stop offset="1" stop-color="#8d4f21"/></linearGradient>
    <linearGradient id="brass" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#fbe7ac"/><stop offset=".5" stop-color="#c99a3f"/><stop offset="1" stop-color="#7d5a1c"/></linearGradient>
    <radialGradient id="lamp" cx=".22" cy=".12" r=".9"><stop offset="0" stop-color="#fff6df" stop-opacity=".75"/><stop offset=".5" stop-color="#fff0d0" stop-opacity=".12"/><stop offset="1" stop-color="#2a1808" stop-opacity=".42"/></radialGradient>
    <filter id="grain" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" baseFrequency=".9" numOctaves="2" seed="4"/><feColorMatrix values="0 0 0 0 .5  0 0 0 0 .42  0 0 0 0 .33  0 0 0 .1 0"/><feComposite in2="SourceGraphic" operator="in"/><feBlend in2="SourceGraphic" mode="multiply"/></filter>
    <filter id="wood" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" baseFrequency=".004 .11" numOctaves="4" seed="11"/><feColorMatrix values="0 0 0 0 .18  0 0 0 0 .1  0 0 0 0 .04  0 0 0 .9 -.18"/><feComposite in2="SourceGraphic" operator="in"/><feBlend in2="SourceGraphic" mode="multiply"/></filter>
    <filter id="leather" x="-5%" y="-5%" width="110%" height="110%"><feTurbulence type="turbulence" baseFrequency=".055" numOctaves="3" seed="7" result="skin"/><feDiffuseLighting in="skin" surfaceScale="1.6" diffuseConstant="1.05" lighting-color="#fff3e0" result="light"><feDistantLight azimuth="225" elevation="58"/></feDiffuseLighting><feComposite in="light" in2="SourceGraphic" operator="in" result="lit"/><feBlend in="SourceGraphic" in2="lit" mode="multiply"/></filter>
    <filter id="soft"><feGaussianBlur stdDeviation="26"/></filter>
    <filter id="softer"><feGaussianBlur stdDeviation="9"/></filter>
    <filter id="far"><feGaussianBlur stdDeviation="7"/></filter>
  </defs>
  <rect x="-240" y="120" width="1680" height="1280" fill="url(#wall)" filter="url(#grain)"/>
  <g filter="url(#far)" opacity=".8">
    <rect x="-240" y="330" width="1680" height="22" fill="#7b5b3c"/>
    <rect x="-90" y="150" width="120" height="180" rx="10" fill="#7d8f86"/><rect x="46" y="190" width="92" height="140" rx="10" fill="#b9a184"/>
    <g transform="translate(150 80)"><ellipse cx="960" cy="250" rx="120" ry="16" fill="#54402b"/><path d="M880 250q-16-130 40-158h80q56 28 40 158z" fill="#c9bfae"/>
    <path d="M960 92c-8-50-60-64-92-60M960 92c4-62 40-84 84-84M960 92c0-40-4-60-8-84" stroke="#5f7254" stroke-width="12" fill="none"/></g>
  </g>
  <path d="M-240 1020 L1440 950 L1440 1400 L-240 1400 Z" fill="url(#table)" filter="url(#wood)"/>
  <ellipse cx="650" cy="1192" rx="440" ry="58" fill="#1d0f05" opacity=".62" filter="url(#soft)"/>
  <path d="M330 640 C300 330 430 190 600 190 S900 330 872 640" fill="none" stroke="#5e3113" stroke-width="46"/>
  <path d="M330 640 C300 330 430 190 600 190 S900 330 872 640" fill="none" stroke="url(#flap)" stroke-width="36" filter="url(#leather)"/>
  <path d="M330 640 C300 330 430 190 600 190 S900 330 872 640" fill="none" stroke="#f3d3a6" stroke-width="2.5" stroke-dasharray="14 10" opacity=".75"/>
  <path d="M236 640 Q240 600 286 598 H914 Q960 600 964 640 L1004 1120 Q1006 1186 946 1190 H254 Q194 1186 196 1120 Z" fill="url(#hide)" filter="url(#leather)"/>
  <path d="M214 1040 L196 1120 Q194 1186 254 1190 H946 Q1006 1186 1004 1120 L986 1040 Q980 1150 920 1152 H280 Q220 1150 214 1040Z" fill="#3e1d08" opacity=".45" filter="url(#softer)"/>
  <path d="M232 1098 Q236 1152 282 1154 H918 Q964 1152 968 1098" fill="none" stroke="#f0cfa1" stroke-width="3" stroke-dasharray="15 11" opacity=".8"/>
  <path d="M238 650 Q600 690 962 650 L946 820 Q930 950 800 968 Q600 992 400 968 Q270 950 254 820 Z" fill="#2d1506" opacity=".55" filter="url(#softer)" transform="translate(6 18)"/>
  <path d="M230 640 Q234 592 286 588 H914 Q966 592 970 640 L946 812 Q930 936 800 952 Q600 976 400 952 Q270 936 254 812 Z" fill="url(#flap)" filter="url(#leather)"/>
  <path d="M252 648 Q256 612 290 608 H910 Q944 612 948 648 L926 806 Q912 916 796 930 Q600 952 404 930 Q288 916 274 806 Z" fill="none" stroke="#f6d9b0" stroke-width="3" stroke-dasharray="15 11" opacity=".85"/>
  <rect x="548" y="838" width="104" height="196" rx="16" fill="#6d3a16" filter="url(#leather)"/>
  <rect x="540" y="908" width="120" height="88" rx="18" fill="none" stroke="#2b1405" stroke-opacity=".5" stroke-width="18" filter="url(#softer)"/>
  <rect x="540" y="902" width="120" height="88" rx="18" fill="none" stroke="url(#brass)" stroke-width="15"/>
  <rect x="593" y="900" width="14" height="80" rx="7" fill="url(#brass)"/>
  <g fill="url(#brass)"><circle cx="330" cy="640" r="21"/><circle cx="872" cy="640" r="21"/></g>
  <path d="M300 604 Q520 590 700 602 Q500 640 330 760 Q280 720 300 604Z" fill="#fff2d8" opacity=".2" filter="url(#soft)"/>
  <rect x="-240" y="120" width="1680" height="1280" fill="url(#lamp)"/>
</svg>`;

export async function bag(browser: Browser): Promise<Picture> {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1200 } });
  await page.setContent(`<body style="margin:0">${SCENE}</body>`);
  const buffer = await page.screenshot({ type: "jpeg", quality: 88 });
  await page.close();
  return { name: "tasche.jpg", mimeType: "image/jpeg", buffer };
}
