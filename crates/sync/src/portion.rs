//! How many ops a push takes, after a server refused one as a whole: halves of it, until the op that it does not take
//! stands alone. What is in front of it and behind it goes.

use crate::message::MOST_OPS;

/// How many ops from the front are sent together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Portion {
    /// Among so many from the front is one that is not taken; 0 where nothing was refused.
    suspect: usize,
}

/// What follows a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Fewer are sent.
    Split,
    /// The op stood alone: if the server takes a push without ops, it is this one that it does not take.
    Alone,
}

impl Portion {
    /// Most ops of the next push.
    pub fn most(self) -> usize {
        match self.suspect {
            0 => MOST_OPS,
            suspect => suspect.div_ceil(2).min(MOST_OPS),
        }
    }

    /// The server took a push of so many ops.
    pub fn taken(&mut self, sent: usize) {
        self.suspect = self.suspect.saturating_sub(sent);
    }

    /// The server refused a push of so many ops.
    pub fn refused(&mut self, sent: usize) -> Refused {
        if sent > 1 {
            self.suspect = sent;
            return Refused::Split;
        }
        self.suspect = self.suspect.saturating_sub(1);
        Refused::Alone
    }
}

/// True where the server answered and the answer may be about the ops of the request: not about who sends it (401, and
/// ops of another person), and not for a while only (429, 5xx). `status` is none where a 2xx does not read.
pub fn is_about_ops(status: Option<u16>, code: &str) -> bool {
    let passes = |status| status == 401 || status == 408 || status == 429 || status >= 500;
    !status.is_some_and(passes) && !matches!(code, "other_author" | "device_cloned" | "unreachable")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends `all` ops to a server that refuses each push with one of `culprits` in it; gives the requests needed, the
    /// ops taken and those left out.
    fn send(all: usize, culprits: &[usize]) -> (usize, Vec<usize>, Vec<usize>) {
        let mut waits: Vec<usize> = (0..all).collect();
        let (mut portion, mut requests) = (Portion::default(), 0);
        let (mut taken, mut left_out) = (Vec::new(), Vec::new());
        while !waits.is_empty() {
            requests += 1;
            let sent = portion.most().min(waits.len());
            if !waits[..sent].iter().any(|op| culprits.contains(op)) {
                taken.extend(waits.drain(..sent));
                portion.taken(sent);
            } else if portion.refused(sent) == Refused::Alone {
                left_out.push(waits.remove(0));
            }
        }
        (requests, taken, left_out)
    }

    #[test]
    fn the_op_that_is_not_taken_is_found_wherever_it_stands_and_the_rest_goes() {
        for culprit in 0..500 {
            let (requests, taken, left_out) = send(500, &[culprit]);
            assert_eq!((taken.len(), left_out), (499, vec![culprit]));
            assert!(requests <= 12, "{requests} requests for {culprit}");
        }
    }

    #[test]
    fn several_are_found_one_after_another() {
        let (requests, taken, left_out) = send(1_200, &[0, 1, 499, 700, 1_199]);
        assert_eq!((taken.len(), left_out), (1_195, vec![0, 1, 499, 700, 1_199]));
        assert!(requests < 60, "{requests}");
        assert_eq!(send(3, &[0, 1, 2]).2, [0, 1, 2]);
    }

    #[test]
    fn without_a_refusal_pushes_are_full() {
        assert_eq!(send(1_200, &[]).0, 3);
    }

    #[test]
    fn what_is_about_the_person_or_passes_splits_nothing() {
        for (status, code) in [
            (Some(401), "not_signed_in"),
            (Some(409), "other_author"),
            (Some(409), "device_cloned"),
            (Some(429), "too_many_tries"),
            (Some(503), "http_503"),
            (None, "unreachable"),
        ] {
            assert!(!is_about_ops(status, code), "{code}");
        }
        for (status, code) in [
            (Some(400), "bad_request"),
            (Some(413), "too_large"),
            (Some(404), "http_404"),
            (None, "unreadable"),
        ] {
            assert!(is_about_ops(status, code), "{code}");
        }
    }
}
