//! The few line icons of the menu.

use leptos::prelude::*;

/// An icon.
#[derive(Debug, Clone, Copy)]
pub enum Icon {
    /// A list of tasks.
    Work,
    /// A tick.
    Review,
    /// Bars.
    Board,
    /// Two arrows against each other.
    Contested,
    /// Two lines with their boxes.
    Tasks,
    /// An arrow up from a line.
    Waiting,
}

impl Icon {
    /// The line's path in a box of 18.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Work => "M3 5h12M3 9h12M3 13h7",
            Self::Review => "M4 9.5l3 3 7-7",
            Self::Board => "M3 15V9M8 15V4M13 15v-8",
            Self::Contested => "M2 6h9M8 3l3 3-3 3M16 12H7M10 9l-3 3 3 3",
            Self::Tasks => "M3 3h4v4H3zM10 5h5M3 11h4v4H3zM10 13h5",
            Self::Waiting => "M9 11V3M6 6l3-3 3 3M3 15h12",
        }
    }

    /// The drawing, which says nothing to a screen reader.
    pub fn view(self) -> impl IntoView {
        view! {
            <svg class="icon" viewBox="0 0 18 18" aria-hidden="true">
                <path d=self.path()></path>
            </svg>
        }
    }
}
