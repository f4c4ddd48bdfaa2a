/** Where every random test starts; `LEASTTRUST_SEED=…` starts elsewhere. */
export const SEED = Number(process.env.LEASTTRUST_SEED ?? 20_180_220);
