"""What the checks of the Chinese texts find, and what they leave alone."""

import form
import markup
import numbers_said
import pytest
import terms


class TestHeld:
    @pytest.mark.parametrize(
        ("english", "chinese", "found"),
        [
            ("Use `x`.", "用 `y`。", ["`x`", "`y`"]),
            ("`x` and `x`", "`x` 和它", ["`x`"]),
            ("See {ref}`the end <a>`.", "见 {ref}`末尾 <b>`。", ["{ref}`a`", "{ref}`b`"]),
            ("See {ref}`a`.", "见 {doc}`a`。", ["{doc}`a`", "{ref}`a`"]),
            ("See [it](a.md).", "见[这里](b.md)。", ["](a.md)", "](b.md)"]),
            ("{rows} rows", "{row} 行", ["{rows}", "{row}"]),
            ("{{ torch }} says", "PyTorch 说", ["{{ torch }}"]),
            ("$h_t$ is", "$h_n$ 是", ["$h_n$", "$h_t$"]),
            (
                '<a href="{b}">page</a>',
                '<a href="{a}">页</a>',
                ['<a href="{a}">', '<a href="{b}">'],
            ),
        ],
    )
    def test_finds_what_differs(self, english, chinese, found):
        """
        What only one of two texts holds is named.
        """
        differences = markup.differences(english, chinese)

        assert differences == found

    @pytest.mark.parametrize(
        ("english", "chinese"),
        [
            ("the `x` of `y`", "`y` 的 `x`"),
            ("$h$ of the layer", "这一层的 $h$，也就是 $h$"),
            ("a {term}`Batch`", "{term}`批次 <batch>`"),
            (":func:`~rnn_guide.split_output` splits", "{func}`~rnn_guide.split_output` 拆分"),
            ("names end in `_l0{suffix}`. `x`", "名称以 `_l0{suffix}` 结尾。有 `x`"),
        ],
    )
    def test_knows_the_same(self, english, chinese):
        """
        Another order, a noun repeated, and a text in a role change nothing.
        """
        assert markup.differences(english, chinese) == []


class TestNumbers:
    @pytest.mark.parametrize(
        ("english", "chinese", "found"),
        [
            ("7 steps", "步", ["without 7"]),
            ("7 steps", "8 步", ["without 7", "with 8"]),
            ("up to 1.13", "到 1.12 为止", ["without 1.13", "with 1.12"]),
            ("5 steps and 5 rows", "5 步", ["without 5"]),
        ],
    )
    def test_finds_what_differs(self, english, chinese, found):
        """
        A number that is lost or new is named.
        """
        assert numbers_said.differences(english, chinese) == found

    @pytest.mark.parametrize(
        ("english", "chinese"),
        [
            ("two steps", "2 步"),
            ("the first axis", "第 0 维"),
            ("May 2026", "2026 年 5 月"),
            ("3 layers, 2 directions", "3 层，双向"),
            ("`h_n[3]` of 2", "2 中的 `h_n[4]`"),
        ],
    )
    def test_knows_the_same(self, english, chinese):
        """
        Words may become digits, and code has its own comparison.
        """
        assert numbers_said.differences(english, chinese) == []


class TestForm:
    @pytest.mark.parametrize(
        ("chinese", "fault"),
        [
            ("用GRU 处理", "a space is missing"),
            ("共 7步", "a space is missing"),
            ("用`x` 处理", "a space is missing"),
            ("见{ref}`末尾 <a>`", "a space is missing"),
            ("{func}`x`返回", "a space is missing"),
            ("用 `x` ，再用 `y`", "a space beside"),
            ("用 `x`。 再用", "a space beside"),
            ("它返回状态.", "punctuation"),
            ("先转置,再调用", "punctuation"),
            ("用 `x`, 再用 `y`", "punctuation"),
            ("例如:", "punctuation"),
            ("状态(最后一步)", "brackets"),
            ('叫作"状态"', "quotes"),
            ("叫作「状态」", "quotes"),
            ("叫作”状态“", "quotes are not in pairs"),
            ("请您转置", "你"),
            ("不是*这一步*", "italics"),
            ("不是 _这一步_", "italics"),
            ("**注意：**转置", "bold ends"),
            ("状态**（最后）**", "bold begins"),
            ("隱藏狀態", "not simplified"),
            ("The state of the last step", "it is English"),
        ],
    )
    def test_finds_faults(self, chinese, fault):
        """
        Each fault is found, and nothing else.
        """
        found = form.faults(chinese)

        assert found
        assert [one for one in found if not one.startswith(fault)] == []

    @pytest.mark.parametrize(
        "chinese",
        [
            "用 GRU 处理 7 个时间步，再用 `x * y * z`：见 {ref}`末尾 <a>`。",
            "**第一步**和**最后一步**：`h_n`（见[末尾](a.md)）",
            "**`h_n`**：状态。**注意**：转置。",
            "叫作“the state”，共 {N}行",
            "PyTorch 2.13",
            "(N, L, H_in)",
            "{ref}`末尾 <a>`。",
            "$W x$ 是 $h_{t-1}$",
        ],
    )
    def test_leaves_the_rest_alone(self, chinese):
        """
        Code, several words in bold, and English names have no fault.
        """
        assert form.faults(chinese) == []

    def test_comments_hold_code(self):
        """
        A comment in code may name strings, tuples and calls.
        """
        comment = '写 "cuda"：(N, 步数, H_in)，D*num_layers 行'

        assert form.faults_of_comment(comment) == []
        assert form.faults_of_comment("先转置,再调用")
        assert form.faults(comment)


class TestTerms:
    @pytest.mark.parametrize(
        ("english", "chinese", "found"),
        [
            ("the hidden state", "隐含的状态", ['"hidden state" is 隐藏状态']),
            ("two axes", "两个方面", ['"axis" is 维']),
            ("Gradients", "斜率", ['"gradient" is 梯度']),
            ("the batch", "批次大小", ['"batch size" is 批量大小, not 批次大小']),
            ("the cell state", "单元的状态", ['"cell state" is 细胞状态']),
        ],
    )
    def test_finds_another_word(self, english, chinese, found):
        """
        A term that has another word is named, and so is a word that no text may have.
        """
        assert list(terms.faults(english, chinese)) == found

    @pytest.mark.parametrize(
        ("english", "chinese"),
        [
            ("the cell state", "细胞状态"),
            ("a `batch` of code", "一段代码"),
            ("pass bidirectional=True", "传入 bidirectional=True"),
            ("shapes (N, steps, features)", "形状 (N, steps, features)"),
            ("stack expects each tensor to be equal", "报错 stack expects each tensor to be equal"),
            ("sub-batching", "子组"),
        ],
    )
    def test_leaves_the_rest_alone(self, english, chinese):
        """
        A longer term holds its words, and code and messages have no terms.
        """
        assert list(terms.faults(english, chinese)) == []
