"""The corpora of attacks and of ordinary mistakes, and a small glossary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from polybook.glossary import Glossary, Term
from polybook.po import Entry, read_catalog

FOLDER = Path(__file__).parent
LANGUAGES = ("ko", "zh_CN", "zh_TW", "tr")


def _term(term: str, ko: str, zh_CN: str, tr: str) -> Term:
    return Term(term, {"ko": ko, "zh_CN": zh_CN, "tr": tr})


GLOSSARY = Glossary(
    (
        _term("gradient", "기울기", "梯度", "gradyan"),
        _term("gradient descent", "경사하강법", "梯度下降", "gradyan inişi"),
        _term("learning rate", "학습률", "学习率", "öğrenme oranı"),
        _term("loss (function)", "손실 (함수)", "损失（函数）", "kayıp (fonksiyonu)"),
        _term("minibatch", "미니배치", "小批量", "minigrup"),
        _term("cache", "캐시", "缓存", "önbellek"),
        _term("data set", "데이터셋", "数据集", "veri kümesi"),
        _term("(training) example", "(훈련) 샘플", "（训练）样本", "(eğitim) örneği"),
        _term("standard deviation", "표준편차", "标准差", "standart sapma"),
        _term("memory", "메모리", "内存;存储器", "bellek"),
    )
)


def entries(folder: str) -> list[tuple[str, Entry]]:
    """Every entry of the PO files in a folder, with the language, which is the file's name."""
    paths = sorted((FOLDER / folder).glob("*.po"))
    return [(path.stem, entry) for path in paths for entry in read_catalog(path).entries]


def attacks() -> list[dict[str, Any]]:
    """The attacks: `text`, its `source`, and the rule that refuses it."""
    loaded: list[dict[str, Any]] = yaml.safe_load(
        (FOLDER / "attacks.yaml").read_text(encoding="utf-8")
    )
    return loaded
