/** Merkle trees as in RFC 6962: inclusion of a leaf, and that a tree was only added to. */
import { need, same, sha256, type Bytes } from "./bytes.ts";

export function leafHash(leaf: Bytes): Promise<Bytes> {
  return sha256(Uint8Array.of(0), leaf);
}

function node(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(Uint8Array.of(1), left, right);
}

/** The greatest power of two below n, for n > 1. */
function half(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The root that PATH(m, D[n]) leads to from this leaf; the list is used up exactly. */
async function rootBy(leaf: Bytes, m: number, n: number, path: Bytes[]): Promise<Bytes> {
  if (n <= 1) {
    need(path.length === 0, "a proof that is too long");
    return leaf;
  }
  const last = path.at(-1);
  need(last !== undefined, "a proof that is too short");
  const [k, rest] = [half(n), path.slice(0, -1)];
  return m < k ? node(await rootBy(leaf, m, k, rest), last) : node(last, await rootBy(leaf, m - k, n - k, rest));
}

export async function checkInclusion(leaf: Bytes, m: number, n: number, path: Bytes[], root: Bytes): Promise<void> {
  need(m < n, "a leaf that the tree does not have");
  need(same(await rootBy(leaf, m, n, path), root), "the proof does not lead to the head");
}

/** SUBPROOF(m, D[n], b) read backwards: the roots of the first m leaves and of all n. */
async function rootsBy(m: number, n: number, isOld: boolean, proof: Bytes[], old: Bytes): Promise<[Bytes, Bytes]> {
  if (m === n) {
    if (isOld) {
      need(proof.length === 0, "a proof that is too long");
      return [old, old];
    }
    const [only] = proof;
    need(only !== undefined && proof.length === 1, "a proof of another length");
    return [only, only];
  }
  const last = proof.at(-1);
  need(last !== undefined, "a proof that is too short");
  const [k, rest] = [half(n), proof.slice(0, -1)];
  if (m <= k) {
    const [before, after] = await rootsBy(m, k, isOld, rest, old);
    return [before, await node(after, last)];
  }
  const [before, after] = await rootsBy(m - k, n - k, false, rest, old);
  return [await node(last, before), await node(last, after)];
}

export async function checkConsistency(m: number, n: number, proof: Bytes[], oldRoot: Bytes, newRoot: Bytes): Promise<void> {
  need(m <= n, "a tree that became smaller");
  if (m === 0) {
    need(proof.length === 0 && same(oldRoot, await sha256()), "the root of an empty tree is another one");
    return;
  }
  const [before, after] = await rootsBy(m, n, true, proof, oldRoot);
  need(same(before, oldRoot) && same(after, newRoot), "the tree was not only added to");
}
