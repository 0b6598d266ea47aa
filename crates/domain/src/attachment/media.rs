//! The types of files that are taken.

/// Declares the types with their ids, which are frozen on the wire, and how a browser is told of them.
macro_rules! media {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal, $mime:literal;)*) => {
        /// A type of file, as its content shows it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum MediaType { $($(#[doc = $doc])* $name),* }

        impl MediaType {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// Their names on the wire.
            pub const IDS: &[&str] = &[$($id),*];

            /// Its name on the wire; also the usual ending of such a file's name.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id),* }
            }

            /// As HTTP names it.
            pub fn mime(self) -> &'static str {
                match self { $(Self::$name => $mime),* }
            }
        }
    };
}

media! {
    /// A document as it is printed.
    Pdf = "pdf", "application/pdf";
    /// A photograph or scan.
    Jpeg = "jpeg", "image/jpeg";
    /// A drawing, a picture of a screen, a scan.
    Png = "png", "image/png";
    /// Either.
    Webp = "webp", "image/webp";
    /// A text of Word.
    Docx = "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    /// A table of Excel.
    Xlsx = "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    /// Slides of PowerPoint.
    Pptx = "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    /// A text of LibreOffice.
    Odt = "odt", "application/vnd.oasis.opendocument.text";
    /// A table of LibreOffice.
    Ods = "ods", "application/vnd.oasis.opendocument.spreadsheet";
}

impl MediaType {
    /// The type of this name; none of a later release's.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|media| media.id() == id)
    }

    /// A picture: no text can be searched for a mark, so a person says that there is none.
    pub fn is_image(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }

    /// A browser shows it without another program.
    pub fn is_shown(self) -> bool {
        self.is_image() || self == Self::Pdf
    }

    /// Packed XML: what is inside is told by the names in it.
    pub fn is_packed(self) -> bool {
        matches!(self, Self::Docx | Self::Xlsx | Self::Pptx | Self::Odt | Self::Ods)
    }
}
