export { DPOP_ALGORITHMS, DpopError, verifyDpopProof, type DpopExpectation, type DpopProof } from './dpop-proof.ts';
export { SeenProofs } from './seen-proofs.ts';
