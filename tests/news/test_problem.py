"""What went wrong can be said in another language, also after it has come from another process."""

import pickle

import pytest

from news.problem import BadValueError, Problem, Words, nearest

KNOWN = {
    "{path}: {key}: unknown; {remedy}": "{path}: {key}: không có; {remedy}",
    "did you mean {name!r}?": "có phải là {name!r}?",
    "No such file or directory": "không có tệp này",
}


def vietnamese(text: str) -> str:
    return KNOWN.get(text, text)


def test_a_problem_is_english_for_the_log_and_vietnamese_for_the_reader() -> None:
    problem = Problem("{path}: {key}: unknown; {remedy}", path="a.toml", key="evry", remedy=nearest("evry", ["every", "sites"]))
    assert str(problem) == "a.toml: evry: unknown; did you mean 'every'?"
    assert problem.said(vietnamese) == "a.toml: evry: không có; có phải là 'every'?"


def test_words_of_others_are_translated_and_values_are_not() -> None:
    problem = Problem("{path}: {reason}", path="No such file or directory", reason=Words("No such file or directory"))
    assert problem.said(vietnamese) == "No such file or directory: không có tệp này"


def test_braces_in_values_are_no_gaps() -> None:
    assert str(Problem("{value!r} is wrong", value="{n} {}")) == "'{n} {}' is wrong"


def test_several_are_told_a_line_each() -> None:
    both = Problem.all([Problem("{path}: {key}: unknown; {remedy}", path=path, key="k", remedy="r") for path in ("a", "b")])
    assert both.said(vietnamese) == "a: k: không có; r\nb: k: không có; r"


def test_it_comes_whole_through_a_pipe() -> None:
    problem = BadValueError("{text!r} is not a duration", text="{soon}")
    again = pickle.loads(pickle.dumps(problem))
    assert isinstance(again, BadValueError)
    assert (str(again), again.values) == (str(problem), problem.values)


def test_a_bad_value_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="every: too often"):
        raise BadValueError("every: too often")


def test_nearest_names_the_likeliest_or_all() -> None:
    assert str(nearest("thanhnie", ["thanhnien", "vov"])) == "did you mean 'thanhnien'?"
    assert str(nearest("x", ["vov", "nld"])) == "known: nld, vov"
