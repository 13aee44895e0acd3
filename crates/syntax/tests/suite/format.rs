//! The formatter. Each expected text was written by `tofu fmt` 1.12.

use syntax::format;

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(format(text), expected);
    assert_eq!(format(expected), expected);
}

#[test]
fn equals_signs_and_comments_of_neighbours_stand_in_columns() {
    check("a=1\nbbb  =  2\n\ncc=3\n", "a   = 1\nbbb = 2\n\ncc = 3\n");
    check("a=1#x\nbb=22   # y\n# z\nccc=3 # w\n", "a  = 1  #x\nbb = 22 # y\n# z\nccc = 3 # w\n");
    check(
        "é=1\nab = \"名\" # x\na = \"e\u{301}\" # y\n",
        "é  = 1\nab = \"名\" # x\na  = \"e\u{301}\" # y\n",
    );
}

#[test]
fn brackets_indent() {
    check(
        "a{\nb=[\n1,\n2]\nc={\nd=1\n}\n}\n",
        "a {\n  b = [\n    1,\n  2]\n  c = {\n    d = 1\n  }\n}\n",
    );
    check("a=f({\nb=1\n},[\n2\n])\n", "a = f({\n  b = 1\n  }, [\n  2\n])\n");
    check("a = [{\nb=1\n},{\nc=2\n}]\n", "a = [{\n  b = 1\n  }, {\n  c = 2\n}]\n");
}

#[test]
fn spaces_between_tokens() {
    check("a=[1,2 , 3]\n", "a = [1, 2, 3]\n");
    check("a={b=1,c:2}\n", "a = { b = 1, c : 2 }\n");
    check("a=-1-  -2\nb = !  c\n", "a = -1 - -2\nb = !c\n");
    check("a=[for x in[1]:x if x>1]\n", "a = [for x in [1] : x if x > 1]\n");
    check("a = b [ 0 ] . c [ * ] . d\n", "a = b[0].c[*].d\n");
    check("a = provider :: b :: c ( d ... )\n", "a = provider::b::c(d...)\n");
    check("a = b?c:d\n", "a = b ? c : d\n");
    check("a=\"x${ b }y%{ if c }z%{ endif }\"\n", "a = \"x${b}y%{if c}z%{endif}\"\n");
}

#[test]
fn labels_are_quoted() {
    check("variable a {}\n", "variable \"a\" {}\n");
    check("a /* b */ \"c\" /* d */ e /* f */ {\n}\n", "a \"c\" \"e\" /* f */ {\n}\n");
    check("a \"\\u0041$${\" {}\n", "a \"A$${\" {}\n");
    check("a \"b$c\" {}\n", "a \"b$c\" {}\n");
}

#[test]
fn lone_interpolations_are_unwrapped() {
    check("a = \"${b}\"\n", "a = b\n");
    check("a = \"${\"${b}\"}\"\n", "a = b\n");
    check("a = \"${\n  b\n}\"\n", "a = b\n");
    check("a = \"${b ?\n c : d}\"\n", "a = (b ?\nc : d)\n");
    check("a = \"${b}${c}\"\n", "a = \"${b}${c}\"\n");
    check("a = \"${b[\"${c}\"]}\"\n", "a = b[\"${c}\"]\n");
    check("a = [\"${b}\"]\n", "a = [\"${b}\"]\n");
    check("a = \"${ # c\n b}\"\n", "a = ( # c\nb)\n");
}

#[test]
fn old_type_constraints() {
    check(
        "variable \"a\" {\n  type = \"list\"\n}\n",
        "variable \"a\" {\n  type = list(string)\n}\n",
    );
    check("variable \"a\" {\n  type = map\n}\n", "variable \"a\" {\n  type = map(any)\n}\n");
    check("variable \"a\" {\n  type = \"string\"\n}\n", "variable \"a\" {\n  type = string\n}\n");
    check("output \"a\" {\n  type = list\n}\n", "output \"a\" {\n  type = list\n}\n");
}

#[test]
fn heredocs_stay() {
    check(
        "a {\nb=<<-E\n   x ${ y }\n  E\nc=1\n}\n",
        "a {\n  b = <<-E\n   x ${y}\n  E\n  c = 1\n}\n",
    );
}

#[test]
fn ends_of_lines_and_files() {
    check("a=1\r\nb = 2\r\n", "a = 1\r\nb = 2\r\n");
    check("\u{feff}a=1", "a = 1");
    check("a = 1  \n\t\nb = 2\n  ", "a = 1\n\nb = 2\n  ");
}

#[test]
fn a_faulty_text_stays_as_it_is() {
    assert_eq!(format("a=1\nb=\n"), "a=1\nb=\n");
}
