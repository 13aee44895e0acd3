//! A picture of layers as SVG: each layer is a band, the highest on top, its stacks in rows.
//!
//! Self-contained: no script, no font of its own, no reference to anything outside.

use super::{Edge, LayerPicture};

/// Width of a letter of the monospaced font, in pixels.
const LETTER: f64 = 7.3;
/// Height of a stack's box.
const BOX: f64 = 30.0;
/// Space between boxes of a row.
const GAP: f64 = 18.0;
/// Space between rows, where edges run.
const ROW_GAP: f64 = 26.0;
/// Space around all, and within a band.
const PAD: f64 = 18.0;
/// Width that the rows of a band may take before another row begins.
const ROW_WIDTH: f64 = 1_400.0;
/// Space between bands.
const BAND_GAP: f64 = 26.0;
/// Height of the title.
const TITLE: f64 = 30.0;

const STYLE: &str = "text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#1f2328}\
.title{font-size:14px;font-weight:bold}.name{fill:#57606a}\
.layer{fill:#f3f5f8;stroke:#d0d7de}.stack{fill:#fff;stroke:#57606a}\
.edge{fill:none;stroke:#57606a;stroke-opacity:.55}.edge:hover{stroke:#0969da;stroke-opacity:1;stroke-width:2}";

/// A stack's place.
#[derive(Clone, Copy, Default)]
struct Place {
    x: f64,
    y: f64,
    width: f64,
}

impl Place {
    fn middle(self) -> f64 {
        self.x + self.width / 2.0
    }
}

/// A layer's place from top to bottom.
struct BandPlace {
    y: f64,
    height: f64,
}

/// The picture as a whole SVG document.
pub fn layers_svg(picture: &LayerPicture) -> String {
    let label_width = picture.bands.iter().map(|band| letters(&band.name)).fold(60.0, f64::max);
    let left = PAD + label_width + 2.0 * PAD;
    let mut places = vec![Place::default(); picture.stacks.len()];
    let mut bands = Vec::with_capacity(picture.bands.len());
    let (mut y, mut right) = (TITLE + PAD, left + 200.0);
    for band in picture.bands.iter().rev() {
        let placed = place(picture, &band.stacks, left, y, &mut places);
        right = right.max(placed.right);
        bands.push((band, BandPlace { y, height: placed.height }));
        y += placed.height + BAND_GAP;
    }
    let (width, height) = (right + 2.0 * PAD, y - BAND_GAP + PAD);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#57606a\"/></marker></defs>\n\
         <text class=\"title\" x=\"{PAD:.0}\" y=\"{TITLE:.0}\">{title}</text>\n",
        title = escaped(&picture.title),
    );
    for (band, at) in &bands {
        let (inner, y, middle) = (width - 2.0 * PAD, at.y, at.y + at.height / 2.0 + 4.0);
        out.push_str(&format!(
            "<rect class=\"layer\" x=\"{PAD:.0}\" y=\"{y:.1}\" width=\"{inner:.1}\" height=\"{:.1}\" rx=\"6\"/>\n\
             <text class=\"name\" x=\"{:.0}\" y=\"{middle:.1}\">{}</text>\n",
            at.height,
            2.0 * PAD,
            escaped(&band.name),
        ));
    }
    picture.edges.iter().for_each(|edge| draw_edge(picture, edge, &places, &mut out));
    for (name, at) in picture.stacks.iter().zip(&places) {
        out.push_str(&format!(
            "<g><rect class=\"stack\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{BOX:.0}\" rx=\"4\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text></g>\n",
            at.x,
            at.y,
            at.width,
            at.middle(),
            at.y + BOX / 2.0 + 4.0,
            escaped(name),
        ));
    }
    out.push_str("</svg>\n");
    out
}

/// How much room a band's stacks take.
struct Placed {
    right: f64,
    height: f64,
}

/// Puts a band's stacks into rows below `top`.
fn place(
    picture: &LayerPicture,
    stacks: &[usize],
    left: f64,
    top: f64,
    places: &mut [Place],
) -> Placed {
    let (mut x, mut y, mut right) = (left, top + PAD, left);
    for stack in stacks {
        let width = letters(&picture.stacks[*stack]) + 2.0 * 10.0;
        if x > left && x + width - left > ROW_WIDTH {
            x = left;
            y += BOX + ROW_GAP;
        }
        places[*stack] = Place { x, y, width };
        right = right.max(x + width);
        x += width + GAP;
    }
    Placed { right, height: y + BOX + PAD - top }
}

/// A curve from the reader's lower side to the upper side of what it reads; within a row, a bow above both.
fn draw_edge(picture: &LayerPicture, edge: &Edge, places: &[Place], out: &mut String) {
    let (from, to) = (places[edge.from], places[edge.to]);
    let (x1, x2) = (from.middle(), to.middle());
    let path = if to.y > from.y {
        let (y1, y2) = (from.y + BOX, to.y - 2.0);
        let bend = ((y2 - y1) / 2.0).max(12.0);
        format!(
            "M{x1:.1} {y1:.1}C{x1:.1} {:.1} {x2:.1} {:.1} {x2:.1} {y2:.1}",
            y1 + bend,
            y2 - bend
        )
    } else {
        let (y1, y2) = (from.y, to.y - 2.0);
        let peak = y1.min(y2) - 18.0;
        format!("M{x1:.1} {y1:.1}C{x1:.1} {peak:.1} {x2:.1} {peak:.1} {x2:.1} {y2:.1}")
    };
    out.push_str(&format!(
        "<path class=\"edge\" d=\"{path}\" marker-end=\"url(#arrow)\"><title>{} reads {}: {}</title></path>\n",
        escaped(&picture.stacks[edge.from]),
        escaped(&picture.stacks[edge.to]),
        escaped(&edge.label()),
    ));
}

fn letters(text: &str) -> f64 {
    text.chars().count() as f64 * LETTER
}

/// Text as XML takes it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
