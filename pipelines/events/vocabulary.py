"""The words by which facts are found in the languages of both countries' press: names, places, months, numerals, kinds of event."""

import re

# Names as the Khmer and Chinese press print them, where a topic's tags may not know them.  Sorted by their Latin form.
IN_LATIN = {
    "កំពត": "Kampot",
    "កណ្តាល": "Kandal",
    "ក្រចេះ": "Kratie",
    "ហ៊ុន ម៉ាណែត": "Hun Manet",
    "ហ៊ុន សែន": "Hun Sen",
    "មណ្ឌលគិរី": "Mondulkiri",
    "នាង ផាត": "Neang Phat",
    "宁帕": "Neang Phat",
    "ភ្នំពេញ": "Phnom Penh",
    "ព្រៃវែង": "Prey Veng",
    "រតនគិរី": "Ratanakiri",
    "ស្វាយរៀង": "Svay Rieng",
    "តាកែវ": "Takeo",
    "ទៀ បាញ់": "Tea Banh",
    "ទៀ សីហា": "Tea Seiha",
    "វង្ស ពិសេន": "Vong Pisen",
}

# Ranks and offices that stand before a name.  Sorted.
TITLES = (
    "akka moha sena padei techo|ambassador|bà|bộ quốc phòng|bộ trưởng|captain|chỉ huy trưởng|chính ủy|chủ tịch|chủ tịch nước|chuẩn đô đốc|"
    "col\\.?|colonel|commander|general|gen\\.?|général|lt\\.? gen\\.?|maj\\.? gen\\.?|minister|ông|phó đô đốc|president|quốc vụ khanh|samdech|"
    "secretary|secretary of state|sen\\.? lt\\.? gen\\.?|thiếu tá|thiếu tướng|thống tướng|thủ tướng|thứ trưởng|thượng tá|thượng tướng|"
    "tổng bí thư|tổng tham mưu trưởng|trung tá|trung tướng|tư lệnh|tướng|tùy viên|đại sứ|đại tá|đại tướng|đại úy|đô đốc"
)

# Further offices that stand before a name, by which texts are compared.  Sorted.
OFFICES = (
    "bí thư|chủ nhiệm|cục trưởng|giám đốc|governor|huyện trưởng|tham mưu trưởng|tham tán|thiếu úy|thượng úy|thị trưởng|trung úy|trưởng đoàn|"
    "tỉnh trưởng|tổng lãnh sự|viện trưởng|vụ trưởng|đồn trưởng|đồng chí"
)

# One person's name as papers spell it → as most do.  Sorted.
SPELLINGS = {
    "chay saing yun": "chay saingyun",
    "hun ma net": "hun manet",
    "hun xen": "hun sen",
    "nieng phat": "neang phat",
    "tea siha": "tea seiha",
    "tia banh": "tea banh",
    "tia xay ha": "tea seiha",
    "vong payson": "vong pisen",
    "vong pi sen": "vong pisen",
}

# Who is in the news every week: the same minister on the same days is no more than a hint.  Sorted.
MINISTERS = frozenset({
    "hun manet",
    "hun sen",
    "luong cuong",
    "ngo xuan lich",
    "nguyen phu trong",
    "nguyen xuan phuc",
    "pham binh minh",
    "pham minh chinh",
    "phan van giang",
    "prak sokhonn",
    "sar kheng",
    "tea banh",
    "tea seiha",
    "to lam",
})  # fmt: skip

CAPITALS = frozenset({"ha noi", "ho chi minh", "phnom penh"})

# What has a number for a name: two stories that both print it need not tell of one event.  Sorted.
NUMBERED = (
    "ban chỉ đạo(?: quốc gia)?|bệnh viện|binh đoàn|đại đội|đoàn|đội|đồn|hải đoàn|hải đội|lữ đoàn|nghị định|nghị quyết|quân đoàn|quân khu|quyết định|"
    "sư đoàn|tiểu đoàn|trung đoàn|trung tâm|vùng|brigade|committee|decision|division|hospital|military region|regiment|steering committee"
)

# Places where the two meet, without accents.  Sorted.
PLACES = (
    "an giang|attapeu|ba vet|banteay meanchey|battambang|bavet|ben cau|binh duong|binh hiep|binh phuoc|bo y|ca mau|can tho|"
    "chrey thom|da nang|dak lak|dak nong|dinh ba|dong nai|dong thap|duc co|gia lai|ha noi|ha tien|hanoi|hcm city|ho chi minh|hoa lu|"
    "kampong cham|kampong chhnang|kampong speu|kampong thom|kampot|kandal|kep|khanh binh|khanh hoa|kien giang|koh kong|kon tum|kratie|"
    "lam dong|le thanh|loc ninh|loc thinh|long an|memot|moc bai|mondulkiri|my quy tay|nghe an|o yadav|oddar meanchey|pailin|phnom penh|"
    "phu quoc|pleiku|prang|preah sihanouk|preah vihear|prek chak|prey veng|pursat|quang ngai|quang tri|ratanakiri|ream|siem reap|sihanoukville|"  # codespell:ignore ream
    "snuol|stung treng|svay rieng|svay teap|ta veng|takeo|tay ninh|tbong khmum|thuong phuoc|tinh bien|trapeang phlong|vientiane|vinh xuong|"
    "xa mat"
)

# A place's name as papers spell it, without accents → as in the list above.  Sorted.
PLACE_SPELLINGS = {
    "bat dom boong": "battambang",
    "bat tam bang": "battambang",
    "cam pot": "kampot",
    "cong pong cham": "kampong cham",
    "kan dan": "kandal",
    "kra che": "kratie",
    "mon dun ki ri": "mondulkiri",
    "mondolkiri": "mondulkiri",
    "nong penh": "phnom penh",
    "pray veng": "prey veng",
    "ra ta na ki ri": "ratanakiri",
    "rattanakiri": "ratanakiri",
    "stung streng": "stung treng",
    "ta keo": "takeo",
    "tbong khmom": "tbong khmum",
    "tboung khmum": "tbong khmum",
    "xiem riep": "siem reap",
    "xvay rieng": "svay rieng",
}

# A crossing lies in both provinces, so that day two on the other side is not elsewhere.  Sorted.
REGIONS = {
    "ba vet": "Tây Ninh, Svay Rieng",
    "bavet": "Tây Ninh, Svay Rieng",
    "ben cau": "Tây Ninh",
    "binh hiep": "Long An, Svay Rieng",
    "chrey thom": "An Giang, Kandal",
    "dinh ba": "Đồng Tháp, Prey Veng",
    "duc co": "Gia Lai",
    "ha tien": "Kiên Giang, Kampot",
    "hanoi": "Hà Nội",
    "hcm city": "Hồ Chí Minh",
    "hoa lu": "Bình Phước, Kratie",
    "khanh binh": "An Giang, Kandal",
    "le thanh": "Gia Lai, Ratanakiri",
    "loc ninh": "Bình Phước, Kratie",
    "loc thinh": "Bình Phước",
    "memot": "Tbong Khmum",
    "moc bai": "Tây Ninh, Svay Rieng",
    "my quy tay": "Long An, Svay Rieng",
    "o yadav": "Gia Lai, Ratanakiri",
    "phu quoc": "Kiên Giang",
    "pleiku": "Gia Lai",
    "prang": "Đắk Nông, Mondulkiri",
    "preah sihanouk": "Sihanoukville",
    "prek chak": "Kiên Giang, Kampot",
    "ream": "Sihanoukville",  # codespell:ignore ream
    "snuol": "Bình Phước, Kratie",
    "svay teap": "Svay Rieng",
    "ta veng": "Ratanakiri",
    "thuong phuoc": "Đồng Tháp, Prey Veng",
    "tinh bien": "An Giang, Takeo",
    "trapeang phlong": "Tây Ninh, Tbong Khmum",
    "vinh xuong": "An Giang, Kandal",
    "xa mat": "Tây Ninh, Tbong Khmum",
}

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan|january|janvier|មករា",
            "feb|february|février|កុម្ភៈ",
            "mar|march|mars|មីនា",
            "apr|april|avril|មេសា",
            "mai|may|ឧសភា",
            "juin|jun|june|មិថុនា",
            "juillet|jul|july|កក្កដា",
            "aug|august|août|សីហា",
            "sep|sept|september|septembre|កញ្ញា",
            "oct|october|octobre|តុលា",
            "nov|november|novembre|វិច្ឆិកា",
            "dec|december|décembre|ធ្នូ",
        ),
        1,
    )
    for name in names.split("|")
}

NUMERALS = {
    numeral: number
    for number, numerals in enumerate(
        (
            "1st|first|i|nhất|một|premier|première|一",
            "2nd|second|ii|hai|deuxième|二",
            "3rd|third|iii|ba|troisième|三",
            "fourth|iv|bốn|tư|quatrième|四",
            "fifth|v|năm|cinquième|五",
            "sixth|vi|sáu|sixième|六",
            "seventh|vii|bảy|septième|七",
            "eighth|viii|tám|huitième|八",
            "ninth|ix|chín|neuvième|九",
            "tenth|x|mười|dixième|十",
        ),
        1,
    )
    for numeral in numerals.split("|")
}

# Kinds of event in the languages of the two countries' press.  Sorted.
KINDS = {
    kind: re.compile(words, re.IGNORECASE)
    for kind, words in {
        "building": r"groundbreaking|inaugurat|khánh thành|khởi công|unveil",
        "demarcation": r"cắm mốc|demarcat|phân giới",
        "dialogue": r"dialogue|đối thoại|对话|សន្ទនា",
        "exchange": r"exchange|giao lưu|échange|交流",
        "exercise": r"\bdrill|diễn tập|exercise|ฝึกซ้อม|演習|សមយុទ្ធ",
        "gifts": r"cadeau|donat|\bgifts?\b|supplies|\btặng\b|viện trợ",
        "patrol": r"patrol|patrouille|tuần tra|巡逻|ល្បាត",
        "remains": r"an táng|hài cốt|liệt s[iĩyỹ]|martyr|rebur|remains|truy điệu",
        "review": r"experience-sharing|hotline|ホットライン|review|rút kinh nghiệm|sơ kết|đường dây nóng",
        "talks": r"chào xã giao|hội kiến|hội đàm|\bmet\b|phone|received|\btalks\b|\btiếp\b|điện đàm|会谈|会见|ជំនួប",
        "twinning": r"kết nghĩa|twinn",
        "visit": r"\bthăm\b|\bvisit|访问|ទស្សនកិច្ច",
    }.items()
}
