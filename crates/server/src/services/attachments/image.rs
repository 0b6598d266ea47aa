//! Pictures: decoded within bounds and made anew, so that places, names of cameras and whatever else was put beside the
//! picture is gone. Which way up it was held stays: the picture is turned.

use chitieu_domain::attachment::{MOST_BYTES, MediaType, Refusal};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Longest side, in pixels.
const LONGEST_SIDE: u32 = 16_000;
/// Most pixels.
const MOST_PIXELS: u64 = 50_000_000;
/// Most memory of the decoder.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// Of JPEG, up to 100.
const QUALITY: u8 = 85;
/// Most bytes of what is made: a photograph that came as WebP is larger as PNG.
pub(super) const MOST_MADE: usize = 2 * MOST_BYTES;

/// The picture anew, and its type: JPEG stays what it is, everything else is PNG.
pub(super) fn remake(bytes: &[u8], media: MediaType) -> Result<(MediaType, Vec<u8>), Refusal> {
    let format = match media {
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Png => ImageFormat::Png,
        _ => ImageFormat::WebP,
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Refusal::TooLarge);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    picture.apply_orientation(orientation);
    let picture = plain(picture);
    let mut made = Vec::new();
    let media = if media == MediaType::Jpeg {
        let encoder = JpegEncoder::new_with_quality(&mut made, QUALITY);
        picture.write_with_encoder(encoder).map_err(refusal)?;
        MediaType::Jpeg
    } else {
        picture.write_with_encoder(PngEncoder::new(&mut made)).map_err(refusal)?;
        MediaType::Png
    };
    if made.len() > MOST_MADE { Err(Refusal::TooLarge) } else { Ok((media, made)) }
}

/// Eight bits a colour, with as many colours as it has.
fn plain(picture: DynamicImage) -> DynamicImage {
    let color = picture.color();
    match (color.has_color(), color.has_alpha()) {
        (true, true) => picture.into_rgba8().into(),
        (true, false) => picture.into_rgb8().into(),
        (false, true) => picture.into_luma_alpha8().into(),
        (false, false) => picture.into_luma8().into(),
    }
}

fn refusal(error: image::ImageError) -> Refusal {
    match error {
        image::ImageError::Limits(_) => Refusal::TooLarge,
        _ => Refusal::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::RgbImage;

    fn picture() -> DynamicImage {
        RgbImage::from_fn(4, 2, |x, _| image::Rgb(if x < 2 { [250, 0, 0] } else { [0, 0, 250] })).into()
    }

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture().write_to(&mut out, format).expect("it is encoded");
        out.into_inner()
    }

    #[test]
    fn pictures_are_made_anew_and_decode_again() {
        for (format, media, made) in [
            (ImageFormat::Jpeg, MediaType::Jpeg, MediaType::Jpeg),
            (ImageFormat::Png, MediaType::Png, MediaType::Png),
            (ImageFormat::WebP, MediaType::Webp, MediaType::Png),
        ] {
            let (is, bytes) = remake(&encoded(format), media).expect("it is taken");
            assert_eq!(is, made);
            let again = image::load_from_memory(&bytes).expect("it decodes");
            assert_eq!((again.width(), again.height()), (4, 2));
        }
    }

    #[test]
    fn what_is_beside_the_picture_is_gone_and_it_stands_upright() {
        let plain = encoded(ImageFormat::Jpeg);
        // An Exif segment that says "turned by a quarter", and a place's name behind it.
        let tiff = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let segment: Vec<u8> = b"Exif\0\0".iter().chain(tiff).chain(b"GPS 20.646 106.051").copied().collect();
        let length = (segment.len() as u16 + 2).to_be_bytes();
        let with = [&plain[..2], &[0xff, 0xe1], &length, &segment, &plain[2..]].concat();
        let (_, bytes) = remake(&with, MediaType::Jpeg).expect("it is taken");
        assert!(
            !bytes.windows(3).any(|three| three == b"GPS") && !bytes.windows(4).any(|four| four == b"Exif")
        );
        let again = image::load_from_memory(&bytes).expect("it decodes");
        assert_eq!((again.width(), again.height()), (2, 4), "it is turned");
    }

    #[test]
    fn what_is_cut_off_or_too_large_is_refused() {
        let png = encoded(ImageFormat::Png);
        assert_eq!(remake(&png[..40], MediaType::Png), Err(Refusal::Unreadable));
        let mut vast = png;
        vast[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        assert!(remake(&vast, MediaType::Png).is_err());
    }
}
