"""Where the customers of an invented pipeline live: real cities with their regions and postal codes, by country."""

from typing import Final, NamedTuple


class Place(NamedTuple):
    """A city. `postal_code` is one of its own, None in countries that have none."""

    city: str
    region: str
    postal_code: str | None


class Country(NamedTuple):
    """A country, and what its companies have in common. `weight` is its share of the customers."""

    code: str
    weight: int
    locale: str
    """The mimesis locale of its people and streets."""
    calling_code: str
    currency: str
    legal_forms: tuple[str, ...]
    """How a company's name goes on, or around: `{}` is the name."""
    places: tuple[Place, ...]


def _places(*rows: str) -> tuple[Place, ...]:
    cells = (row.split(" | ") for row in rows)
    return tuple(
        Place(city, region, postal_code if postal_code != "-" else None) for city, region, postal_code in cells
    )


COUNTRIES: Final = (
    Country(
        "US",
        38,
        "en",
        "1",
        "USD",
        ("{} Inc.", "{} LLC", "{} Corporation", "{} Group", "{}"),
        _places(
            "New York | New York | 10001",
            "Buffalo | New York | 14203",
            "Boston | Massachusetts | 02110",
            "Chicago | Illinois | 60606",
            "Seattle | Washington | 98101",
            "Portland | Oregon | 97204",
            "San Francisco | California | 94105",
            "San Diego | California | 92101",
            "Sacramento | California | 95814",
            "Denver | Colorado | 80202",
            "Austin | Texas | 78701",
            "Dallas | Texas | 75201",
            "Houston | Texas | 77002",
            "Atlanta | Georgia | 30303",
            "Miami | Florida | 33131",
            "Tampa | Florida | 33602",
            "Charlotte | North Carolina | 28202",
            "Raleigh | North Carolina | 27601",
            "Nashville | Tennessee | 37203",
            "Minneapolis | Minnesota | 55402",
            "Detroit | Michigan | 48226",
            "Columbus | Ohio | 43215",
            "Philadelphia | Pennsylvania | 19103",
            "Pittsburgh | Pennsylvania | 15222",
            "Phoenix | Arizona | 85004",
            "Salt Lake City | Utah | 84101",
            "Arlington | Virginia | 22209",
            "Baltimore | Maryland | 21202",
            "Omaha | Nebraska | 68102",
            "Washington | Dist. of Columbia | 20005",
        ),
    ),
    Country(
        "DE",
        9,
        "de",
        "49",
        "EUR",
        ("{} GmbH", "{} AG", "{} GmbH & Co. KG", "{} SE"),
        _places(
            "Berlin | Berlin | 10117",
            "München | Bayern | 80331",
            "Nürnberg | Bayern | 90402",
            "Hamburg | Hamburg | 20095",
            "Köln | Nordrhein-Westfalen | 50667",
            "Düsseldorf | Nordrhein-Westfalen | 40213",
            "Stuttgart | Baden-Württemberg | 70173",
            "Frankfurt am Main | Hessen | 60311",
            "Leipzig | Sachsen | 04109",
        ),
    ),
    Country(
        "GB",
        9,
        "en-gb",
        "44",
        "USD",
        ("{} Ltd", "{} plc", "{} Group plc", "{} & Sons Ltd"),
        _places(
            "London | Greater London | EC2A 4NE",
            "Manchester | Greater Manchester | M1 1AE",
            "Birmingham | West Midlands | B1 1BB",
            "Leeds | West Yorkshire | LS1 4DY",
            "Bristol | Bristol | BS1 4ST",
            "Edinburgh | Scotland | EH1 1YZ",
            "Cardiff | Wales | CF10 1EP",
            "Belfast | Northern Ireland | BT1 5GS",
        ),
    ),
    Country(
        "JP",
        6,
        "ja",
        "81",
        "USD",
        ("株式会社{}", "{}株式会社"),
        _places(
            "千代田区 | 東京都 | 100-0005",
            "港区 | 東京都 | 105-0011",
            "大阪市 | 大阪府 | 530-0001",
            "名古屋市 | 愛知県 | 450-0002",
            "福岡市 | 福岡県 | 810-0001",
            "札幌市 | 北海道 | 060-0001",
            "横浜市 | 神奈川県 | 220-0011",
        ),
    ),
    Country(
        "FR",
        5,
        "fr",
        "33",
        "EUR",
        ("{} SA", "{} SAS", "Groupe {}"),
        _places(
            "Paris | Île-de-France | 75008",
            "Lyon | Auvergne-Rhône-Alpes | 69002",
            "Lille | Hauts-de-France | 59000",
            "Toulouse | Occitanie | 31000",
            "Nantes | Pays de la Loire | 44000",
            "Strasbourg | Grand Est | 67000",
        ),
    ),
    Country(
        "PL",
        4,
        "pl",
        "48",
        "EUR",
        ("{} Sp. z o.o.", "{} S.A."),
        _places(
            "Warszawa | Mazowieckie | 00-001",
            "Kraków | Małopolskie | 31-042",
            "Wrocław | Dolnośląskie | 50-106",
            "Gdańsk | Pomorskie | 80-831",
            "Poznań | Wielkopolskie | 61-772",
            "Łódź | Łódzkie | 90-001",
        ),
    ),
    Country(
        "CA",
        4,
        "en-ca",
        "1",
        "USD",
        ("{} Inc.", "{} Ltd.", "{} Canada Inc."),
        _places(
            "Toronto | Ontario | M5H 2N2",
            "Ottawa | Ontario | K1P 1J1",
            "Vancouver | British Columbia | V6B 1A1",
            "Calgary | Alberta | T2P 1J9",
            "Montréal | Québec | H3B 1A7",
            "Halifax | Nova Scotia | B3J 1S9",
        ),
    ),
    Country(
        "AU",
        4,
        "en-au",
        "61",
        "USD",
        ("{} Pty Ltd", "{} Limited"),
        _places(
            "Sydney | New South Wales | 2000",
            "Melbourne | Victoria | 3000",
            "Brisbane | Queensland | 4000",
            "Perth | Western Australia | 6000",
            "Adelaide | South Australia | 5000",
        ),
    ),
    Country(
        "BR",
        4,
        "pt-br",
        "55",
        "USD",
        ("{} Ltda.", "{} S.A.", "Grupo {}"),
        _places(
            "São Paulo | São Paulo | 01310-100",
            "Campinas | São Paulo | 13010-111",
            "Rio de Janeiro | Rio de Janeiro | 20040-002",
            "Belo Horizonte | Minas Gerais | 30130-010",
            "Curitiba | Paraná | 80010-010",
            "Recife | Pernambuco | 50030-230",
        ),
    ),
    Country(
        "ES",
        3,
        "es",
        "34",
        "EUR",
        ("{} S.A.", "{} S.L.", "Grupo {}"),
        _places(
            "Madrid | Comunidad de Madrid | 28013",
            "Barcelona | Cataluña | 08002",
            "Valencia | Comunidad Valenciana | 46002",
            "Bilbao | País Vasco | 48001",
            "Sevilla | Andalucía | 41001",
        ),
    ),
    Country(
        "IT",
        3,
        "it",
        "39",
        "EUR",
        ("{} S.p.A.", "{} S.r.l.", "Gruppo {}"),
        _places(
            "Milano | Lombardia | 20121",
            "Roma | Lazio | 00184",
            "Torino | Piemonte | 10121",
            "Bologna | Emilia-Romagna | 40121",
            "Napoli | Campania | 80133",
        ),
    ),
    Country(
        "NL",
        3,
        "nl",
        "31",
        "EUR",
        ("{} B.V.", "{} N.V.", "{} Groep"),
        _places(
            "Amsterdam | Noord-Holland | 1012 JS",
            "Rotterdam | Zuid-Holland | 3011 AA",
            "Utrecht | Utrecht | 3511 AB",
            "Eindhoven | Noord-Brabant | 5611 AZ",
        ),
    ),
    Country(
        "SE",
        2,
        "sv",
        "46",
        "EUR",
        ("{} AB", "{}gruppen AB"),
        _places(
            "Stockholm | Stockholms län | 111 20",
            "Göteborg | Västra Götalands län | 411 03",
            "Malmö | Skåne län | 211 20",
        ),
    ),
    Country(
        "MX",
        2,
        "es-mx",
        "52",
        "USD",
        ("{} S.A. de C.V.", "Grupo {}"),
        _places(
            "Ciudad de México | Ciudad de México | 06000",
            "Monterrey | Nuevo León | 64000",
            "Guadalajara | Jalisco | 44100",
        ),
    ),
    Country(
        "KR",
        2,
        "ko",
        "82",
        "USD",
        ("주식회사 {}", "{} 그룹"),
        _places("서울 | 서울특별시 | 04524", "부산 | 부산광역시 | 48058", "성남 | 경기도 | 13494"),
    ),
    Country(
        "AE",
        2,
        "ar-ae",
        "971",
        "USD",
        ("شركة {}", "مجموعة {}"),
        _places("دبي | دبي | -", "أبو ظبي | أبو ظبي | -", "الشارقة | الشارقة | -"),
    ),
    Country(
        "CZ",
        1,
        "cs",
        "420",
        "EUR",
        ("{} s.r.o.", "{} a.s."),
        _places(
            "Praha | Hlavní město Praha | 110 00",
            "Brno | Jihomoravský kraj | 602 00",
            "Ostrava | Moravskoslezský kraj | 702 00",
        ),
    ),
    Country(
        "TR",
        1,
        "tr",
        "90",
        "USD",
        ("{} A.Ş.", "{} Ltd. Şti."),
        _places("İstanbul | İstanbul | 34394", "Ankara | Ankara | 06420", "İzmir | İzmir | 35210"),
    ),
)

NATIVE_STEMS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    # Company names in scripts from which no address can be spelled: the name, and its Latin form.
    "ja": (
        ("高橋", "takahashi"),
        ("佐藤", "sato"),
        ("北陸", "hokuriku"),
        ("青葉", "aoba"),
        ("富士見", "fujimi"),
        ("松原", "matsubara"),
        ("東和", "towa"),
        ("日進", "nisshin"),
        ("みなと", "minato"),
        ("さくら", "sakura"),
        ("大和田", "owada"),
        ("三河", "mikawa"),
        ("白川", "shirakawa"),
        ("朝日ヶ丘", "asahigaoka"),
    ),
    "ko": (
        ("한빛", "hanbit"),
        ("미래", "mirae"),
        ("새한", "saehan"),
        ("동해", "donghae"),
        ("가온", "gaon"),
        ("누리", "nuri"),
        ("대한", "daehan"),
        ("서해", "seohae"),
        ("바른", "bareun"),
    ),
    "ar-ae": (
        ("النخيل", "nakheel"),
        ("الواحة", "waha"),
        ("الصحراء", "sahra"),
        ("اللؤلؤة", "lulua"),
        ("الفجر", "fajr"),
        ("الميناء", "mina"),
        ("النور", "noor"),
        ("الخليج", "khaleej"),
    ),
}

NATIVE_TRADES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "ja": (
        ("製作所", "works"),
        ("物流", "logistics"),
        ("電機", "electric"),
        ("システムズ", "systems"),
        ("商事", "trading"),
        ("工業", "industries"),
        ("ソリューションズ", "solutions"),
        ("ホールディングス", "holdings"),
    ),
    "ko": (
        ("전자", "electronics"),
        ("물류", "logistics"),
        ("소프트", "soft"),
        ("산업", "industries"),
        ("홀딩스", "holdings"),
        ("건설", "construction"),
    ),
    "ar-ae": (
        (" للتجارة", "trading"),
        (" للتقنية", "tech"),
        (" للخدمات اللوجستية", "logistics"),
        (" القابضة", "holding"),
        (" للمقاولات", "contracting"),
    ),
}
