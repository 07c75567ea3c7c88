import { expect, test } from "vitest";
import { sitesOf } from "./sites.ts";

test("addresses as people write them become origins, each once", () => {
  const { origins, wrong } = sitesOf(" www.laden.example, https://Laden.example/kontakt?x=1#da\nhttps://laden.example http://localhost:4000 ");
  expect(origins).toEqual(["https://www.laden.example", "https://laden.example", "http://localhost:4000"]);
  expect(wrong).toBeNull();
});

test("umlauts are spelled as the browser spells them", () => {
  expect(sitesOf("käse.example").origins).toEqual(["https://xn--kse-qla.example"]);
});

test("no website at all is an answer", () => {
  expect(sitesOf("  ")).toEqual({ origins: [], wrong: null });
});

test.each(["laden", "mailto:wir@laden.example", "https://", "ftp://laden.example", "https://wir@laden.example", "*.laden.example"])("%s is told as the word that is none", (word) => {
  expect(sitesOf(`laden.example ${word}`)).toEqual({ origins: ["https://laden.example"], wrong: word });
});
