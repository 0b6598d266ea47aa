//! Files as people attach them, made here: small, and each with something in it that matters.

use lopdf::{Dictionary, Document, Object, SaveOptions, Stream, dictionary};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A packed file of these members.
pub fn packed(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, body) in members {
        out.start_file(*name, SimpleFileOptions::default()).expect("a member");
        out.write_all(body).expect("its body");
    }
    out.finish().expect("it ends").into_inner()
}

const TYPES: &str =
    "<?xml version='1.0'?><Types><Default Extension='xml' ContentType='application/xml'/></Types>";

/// A text of Word with these paragraphs, and other members besides.
pub fn docx(paragraphs: &[&str], others: &[(&str, &[u8])]) -> Vec<u8> {
    let runs: String = paragraphs.iter().map(|p| format!("<w:p><w:r><w:t>{p}</w:t></w:r></w:p>")).collect();
    let document = format!("<?xml version='1.0'?><w:document><w:body>{runs}</w:body></w:document>");
    let own = [("[Content_Types].xml", TYPES.as_bytes()), ("word/document.xml", document.as_bytes())];
    packed(&[&own[..], others].concat())
}

/// A table of Excel with one cell.
pub fn xlsx(cell: &str) -> Vec<u8> {
    let strings = format!("<sst><si><t>{cell}</t></si></sst>");
    packed(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("xl/workbook.xml", b"<workbook><sheets><sheet name='Bang 1'/></sheets></workbook>"),
        ("xl/sharedStrings.xml", strings.as_bytes()),
    ])
}

/// A text of LibreOffice.
pub fn odt(paragraph: &str) -> Vec<u8> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    out.start_file("mimetype", plain).expect("a member");
    out.write_all(b"application/vnd.oasis.opendocument.text").expect("its body");
    out.start_file("content.xml", SimpleFileOptions::default()).expect("a member");
    let content = format!("<office:document-content><text:p>{paragraph}</text:p></office:document-content>");
    out.write_all(content.as_bytes()).expect("its body");
    out.finish().expect("it ends").into_inner()
}

/// What is particular about a PDF.
#[derive(Default)]
pub struct Pdf<'a> {
    /// The title in its properties.
    pub title: &'a str,
    /// What its one page says.
    pub text: &'a str,
    /// What its catalogue has besides.
    pub catalog: Option<Dictionary>,
    /// Bytes that nothing refers to.
    pub filling: usize,
    /// Its objects are in packed streams.
    pub is_packed: bool,
    /// It says that it is locked.
    pub is_locked: bool,
}

/// Digits of a text as PDF writes it.
fn wide(text: &str) -> Vec<u8> {
    [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

/// The file. Its letters are numbers of a font, with a table beside that says what they mean, as every printer writes them.
pub fn pdf(of: &Pdf<'_>) -> Vec<u8> {
    let mut doc = Document::with_version("1.5");
    let letters: Vec<char> = of.text.chars().collect();
    let codes: String = (1..=letters.len()).map(|n| format!("{n:04x}")).collect();
    let table: String =
        letters.iter().enumerate().map(|(n, c)| format!("<{:04x}> <{:04x}>\n", n + 1, *c as u32)).collect();
    let map = format!(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /A def\n/CMapType 2 def\n\
         1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{} beginbfchar\n{table}endbfchar\nendcmap\n\
         CMapName currentdict /CMap defineresource pop\nend\nend\n",
        letters.len()
    );
    let map = doc.add_object(Stream::new(dictionary! {}, map.into_bytes()));
    let inner =
        doc.add_object(dictionary! { "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => "A" });
    let font = doc.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "A", "Encoding" => "Identity-H",
        "DescendantFonts" => vec![inner.into()], "ToUnicode" => map,
    });
    let drawn = format!("BT /F1 12 Tf 50 700 Td <{codes}> Tj ET");
    let content = doc.add_object(Stream::new(dictionary! {}, drawn.into_bytes()));
    let pages = doc.new_object_id();
    let page = doc.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Contents" => content,
        "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    });
    let kids = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    doc.objects.insert(pages, Object::Dictionary(kids));
    let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => pages };
    for (key, value) in of.catalog.iter().flatten() {
        catalog.set(key.clone(), value.clone());
    }
    let catalog = doc.add_object(catalog);
    doc.trailer.set("Root", catalog);
    let title = Object::String(wide(of.title), lopdf::StringFormat::Hexadecimal);
    let info = doc.add_object(dictionary! { "Title" => title });
    doc.trailer.set("Info", info);
    if of.filling > 0 {
        let noise = (0..of.filling as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        doc.add_object(Stream::new(dictionary! {}, noise));
    }
    if of.is_locked {
        let lock = doc.add_object(dictionary! {
            "Filter" => "Standard", "V" => 1, "R" => 2, "P" => -44,
            "O" => Object::String(vec![1; 32], lopdf::StringFormat::Hexadecimal),
            "U" => Object::String(vec![2; 32], lopdf::StringFormat::Hexadecimal),
        });
        doc.trailer.set("Encrypt", lock);
    }
    let mut out = Vec::new();
    if of.is_packed {
        let options = SaveOptions::builder().use_object_streams(true).use_xref_streams(true).build();
        doc.save_with_options(&mut out, options).expect("it is written");
    } else {
        doc.save_to(&mut out).expect("it is written");
    }
    out
}
