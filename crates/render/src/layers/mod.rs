//! The stacks of an environment as a picture of layers, the highest on top: as text, Mermaid and SVG.
//!
//! Invariant: the same picture gives the same bytes, and every stack and every edge of it is drawn.

mod mermaid;
mod svg;
mod text;

pub use mermaid::layers_mermaid;
pub use svg::layers_svg;
pub use text::layers_text;

/// Stacks in layers, and who reads whom.
#[derive(Clone, Debug, Default)]
pub struct LayerPicture {
    /// `ESTATE/ENV`.
    pub title: String,
    /// Layers, lowest first.
    pub bands: Vec<Band>,
    /// Names of the stacks, which bands and edges name by position.
    pub stacks: Vec<String>,
    /// Who reads whom.
    pub edges: Vec<Edge>,
}

/// A layer.
#[derive(Clone, Debug)]
pub struct Band {
    /// Its name.
    pub name: String,
    /// Its stacks, in their order.
    pub stacks: Vec<usize>,
}

/// A stack that reads another, or stands on it.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The reader.
    pub from: usize,
    /// What is read.
    pub to: usize,
    /// The outputs that are read; none where it only stands on it.
    pub outputs: Vec<String>,
}

/// Outputs that are named on an edge, at most; the rest is counted.
const OUTPUTS_SHOWN: usize = 3;

impl Edge {
    /// `a, b, c and 2 more`; `host` where nothing is read.
    fn label(&self) -> String {
        let shown = self.outputs.iter().take(OUTPUTS_SHOWN).map(String::as_str);
        let shown = shown.collect::<Vec<_>>().join(", ");
        match self.outputs.len() {
            0 => "host".to_owned(),
            many if many > OUTPUTS_SHOWN => format!("{shown} and {} more", many - OUTPUTS_SHOWN),
            _ => shown,
        }
    }
}

impl LayerPicture {
    /// For each stack its edges to what it reads, in the order of the edges.
    fn reads(&self) -> Vec<Vec<&Edge>> {
        let mut reads = vec![Vec::new(); self.stacks.len()];
        for edge in &self.edges {
            reads[edge.from].push(edge);
        }
        reads
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> LayerPicture {
        let edge = |from, to, outputs: &[&str]| Edge {
            from,
            to,
            outputs: outputs.iter().map(|&output| output.to_owned()).collect(),
        };
        LayerPicture {
            title: "acme/dev".into(),
            bands: vec![
                Band { name: "low".into(), stacks: vec![0, 1] },
                Band { name: "empty".into(), stacks: vec![] },
                Band { name: "high".into(), stacks: vec![2] },
            ],
            stacks: vec!["identity".into(), "network:eu<1>".into(), "eks".into()],
            edges: vec![edge(2, 1, &["a", "b", "c", "d"]), edge(2, 0, &[])],
        }
    }

    #[test]
    fn text_has_the_highest_layer_on_top() {
        assert_eq!(
            layers_text(&picture()),
            "acme/dev: 3 layers, 3 stacks\n\n\
             high\n  eks            reads identity, network:eu<1>\n\n\
             empty\n  no stacks\n\n\
             low\n  identity\n  network:eu<1>\n"
        );
    }

    #[test]
    fn mermaid_escapes_what_it_would_read() {
        insta::assert_snapshot!(layers_mermaid(&picture()), @r#"
        flowchart BT
          subgraph layer0["low"]
            s0["identity"]
            s1["network:eu#lt;1#gt;"]
          end
          subgraph layer2["high"]
            s2["eks"]
          end
          s2 -->|"a, b, c and 1 more"| s1
          s2 -->|"host"| s0
        "#);
    }

    #[test]
    fn svg_is_well_formed_and_whole() {
        let svg = layers_svg(&picture());
        assert!(svg.starts_with("<svg xmlns="), "{svg}");
        assert!(svg.contains("network:eu&lt;1&gt;") && !svg.contains("eu<1>"));
        let count = |what: &str| svg.matches(what).count();
        assert_eq!(count("<rect class=\"stack\""), 3);
        assert_eq!(count("<rect class=\"layer\""), 3);
        assert_eq!(count("<path class=\"edge\""), 2);
        for tag in ["svg", "g", "text", "title", "style", "defs", "marker"] {
            let opened = count(&format!("<{tag}>")) + count(&format!("<{tag} "));
            assert_eq!(opened, count(&format!("</{tag}>")), "{tag}");
        }
        assert_eq!(svg, layers_svg(&picture()));
    }

    #[test]
    fn wide_layers_are_drawn_in_rows() {
        let stacks: Vec<String> = (0..100).map(|at| format!("stack-{at}")).collect();
        let bands = vec![Band { name: "one".into(), stacks: (0..100).collect() }];
        let svg = layers_svg(&LayerPicture { stacks, bands, ..LayerPicture::default() });
        let width = svg.split("viewBox=\"0 0 ").nth(1).and_then(|rest| rest.split(' ').next());
        let width: f64 = width.and_then(|width| width.parse().ok()).expect("a width");
        assert!(width < 1700.0, "{width}");
    }
}
