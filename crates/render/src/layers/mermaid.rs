//! A picture of layers for Mermaid, as Markdown pages of forges draw it.

use super::LayerPicture;

/// The flowchart, lower layers below; layers without stacks are left out, since Mermaid draws them as stacks.
pub fn layers_mermaid(picture: &LayerPicture) -> String {
    let mut out = String::from("flowchart BT\n");
    for (at, band) in picture.bands.iter().enumerate().filter(|(_, band)| !band.stacks.is_empty()) {
        out.push_str(&format!("  subgraph layer{at}[\"{}\"]\n", escaped(&band.name)));
        for stack in &band.stacks {
            out.push_str(&format!("    s{stack}[\"{}\"]\n", escaped(&picture.stacks[*stack])));
        }
        out.push_str("  end\n");
    }
    for edge in &picture.edges {
        let label = escaped(&edge.label());
        out.push_str(&format!("  s{} -->|\"{label}\"| s{}\n", edge.from, edge.to));
    }
    out
}

/// Text within quotes as Mermaid reads it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '#' => out.push_str("#35;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
