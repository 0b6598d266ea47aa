//! Packing bytes as well as browsers unpack them: what is shipped is packed once, however long it takes.

use crate::Result;
use std::io::Write as _;

/// Brotli at its best.
pub fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut best: Option<Vec<u8>> = None;
    for ((postfix, direct), lgblock) in DISTANCES.into_iter().flat_map(|d| BLOCKS.map(|block| (d, block))) {
        let mut parameters =
            brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, lgblock, ..Default::default() };
        parameters.dist.distance_postfix_bits = postfix;
        parameters.dist.num_direct_distance_codes = direct;
        let mut out = Vec::new();
        brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters).map_err(|e| format!("brotli: {e}"))?;
        if best.as_ref().is_none_or(|best| out.len() < best.len()) {
            best = Some(out);
        }
    }
    Ok(best.unwrap_or_default())
}

/// How far back a repetition may be told to lie (low bits told apart, distances with a code of their own): code, whose
/// repetitions are near, packs half a per cent better with the second.
const DISTANCES: [(u32, u32); 2] = [(0, 0), (0, 15)];

/// How much is read before it is divided in blocks, as a power of two (0: by the packer's own rule, which in some files finds
/// divisions that are a per cent worse than those of small ones).
const BLOCKS: [i32; 4] = [0, 16, 17, 18];

/// Gzip at its best.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|e| format!("gzip: {e}"))
}
