"""What residents write with numbers in it and is nobody's personal data: a false alarm teaches to click on."""

import pytest

from stamtafel.dossier.rules.personal_data import find

HARMLESS = [
    "Bergweg 2 lantaarnpalen", "Hoofdstraat 2 of 3 keer", "Bergweg 2x per dag", "Kerkweg 4e paal", "aan de Singel 3 bankjes",
    "In de Kerkstraat staan al sinds 2019 hekken", "De Dorpsstraat heeft 24 huizen", "Aan de Parklaan 12 nieuwe bomen",
    "Kerkstraat 3 kapotte lantaarns", "op het Plein 4 ondergrondse containers", "Langs de Kerkweg 6 hoge populieren",
    "Schoolstraat 2 extra zebrapaden", "Bergweg 5 stuks", "Molenweg 10 minuten lopen", "Molenweg 10 min. lopen",
    "in de Molenstraat 3 à 4 keer per week", "Molenstraat 3 a 4 auto's", "Kerkstraat 2-3 keer per jaar", "Kerkstraat 2 - 3 keer",
    "Parklaan 20 tot 30 meter verder", "Dorpsstraat 14.30 uur", "Dorpsstraat 14:30", "Dorpsstraat 9u", "Dorpsstraat 9u30 beginnen",
    "Dorpsstraat 10 uur 's avonds", "Dorpsstraat 12-5-2024", "Dorpsstraat 12/05/24", "Marktplein 3 mei", "Marktplein 12 sept. feest",
    "Marktplein 5 december", "Kerkplein 2.0", "Stationsplein 2030", "Stationsweg 2025/2026", "Kerkstraat 30 km per uur", "Kerkstraat 30km",
    "Kerkstraat 30-zone", "Kerkstraat 30 zone", "Kerkstraat 50 km/u", "Kerkstraat 30 ipv 50", "Kerkstraat 30 i.p.v. 50",
    "Kerkstraat 50 rijden is te hard", "Kerkstraat 100% veilig", "Kerkstraat 80 % van de bewoners", "Kerkstraat 5 euro", "Kerkstraat 5,- per keer",
    "Kerkstraat 2,50 euro", "Kerkstraat 1,5 meter", "Kerkstraat 1.5 meter", "Kerkstraat 12 m2", "Kerkstraat 12 m² groen", "Kerkstraat 20cm hoog",
    "Kerkstraat 3m breed", "Kerkstraat 1 boom", "Kerkstraat 1 bankje", "Kerkstraat 1 richting", "Kerkstraat 1 parkeerplaats",
    "Hoofdweg 1 lantaarnpaal kapot", "Kerkweg 2e boom links", "Kerkweg 3e huis", "Kerkweg 1e zijstraat", "Kerkweg 2de afslag",
    "Bergweg 8 van de 10 bewoners", "Bergweg 9 op de 10 mensen", "Beekweg 40+ bomen", "Beekweg 3 fietsers", "Kerkstraat 3 klachten ingediend",
    "Kerkstraat 2 drempels", "Kerkstraat 3 scholen", "Kerkstraat 2 winkels", "Kerkstraat 4 bussen per uur", "Kerkstraat 2 rijstroken",
    "Kerkstraat 2 kanten parkeren", "Kerkstraat 3 speeltoestellen", "Kerkstraat 7 dagen per week", "Kerkstraat 2 weken geleden",
    "Kerkstraat 15 jaar", "Kerkstraat 3 ongelukken", "Kerkstraat 500 handtekeningen", "Kerkstraat 25 reacties", "Kerkstraat 2 honden",
    "Kerkstraat 6 kliko's", "Kerkstraat 3 ratten gezien", "Kerkstraat 2 deelscooters", "lijn 12", "bus 401", "bus lijn 12 en 401", "Neem bus 12",
    "tram 5", "metro 54", "Lijn 9 stopt niet meer", "de N34", "N34 is druk", "de A2 bij Best", "A2 en A50", "op de N279 is het druk", "de N 279",
    "route 66", "fietsroute 12", "knooppunt 33", "LF 7", "E34", "op de A 67", "afslag 29", "hectometerpaal 14,3", "spoor 3", "perron 2", "kamer 12",
    "kamer 3.14", "zaal 2", "lokaal 12", "groep 8", "groep 7 en 8", "klas 4-b", "artikel 12 lid 3", "art. 5", "artikel 2.12 Wabo", "NEN 3140",
    "NEN-EN 1176", "bestelnummer 4021", "artikelnummer 123.456.789", "nota 2024-123", "zaaknummer 2024-12345", "Z24-123456", "kenmerk 24-001",
    "projectnummer 123456789", "5611 AB", "1234AB", "in 3811 AB wonen wij", "postcode 5611AB", "postcodegebied 5611", "van 9 tot 17 uur",
    "van 09.00-17.00", "om 10:30", "tussen 14 en 16 uur", "24/7", "24-7 open", "12-05-2024", "12-05-24", "5-mei-24", "1 op 3", "3 op de 10",
    "1-op-100", "€ 12,50", "12,50 euro", "€ 1.234.567,89", "100 euro", "1.000.000", "0,5 km", "1 miljoen", "5 mln", "30 km 50", "2 uur 30",
    "1 dag 12", "5 x 10", "10 x 20 m", "2 bij 3 meter", "12 km 30", "nr 123 b", "foto 12 bij 13", "blz 12", "2 van 10", "20 mei 3", "Agenda 2030",
    "EK2024", "WK 2026", "in 2024 waren er 30 huizen", "Straat 2", "Weg 30", "Plein 1944", "fase 1", "Fase 2", "zone 30", "variant 2", "optie 3",
    "plan 4", "idee 12", "vraag 5", "stap 3", "Op Maandag 12 mei", "op Zondag 3 maart", "op Windows 11", "bij Ajax 2 keer", "op NPO 1", "in Groep 8",
    "naast Groep 3", "op Lijn 12", "bij Halte 3", "op Spoor 5", "in Blok 4", "in Wijk 5", "Eindhoven 2040", "Nederland 2050", "Covid 19", "Top 2000",
    "Formule 1", "5G-mast", "4G", "CO2", "PM10", "P+R 2", "H2O", "MH17", "Euro 5", "A4 papier", "A3", "iPhone 15", "Windows 10", "112", "144",
    "14 040", "14040", "0800-1234", "0900 1234567", "0900-8844", "116 000", "ISBN 978-90-1234-567-8", "KvK 12345678", "EAN 8712345678906",
    "1234567890", "@gemeente@mastodon.nl", "follow @jan", "www.gemeente.nl", "zie gemeente.nl/afval", "meer info @ www.gemeente.nl",
    "we zijn @ home", "a@b", "kom @ 5 uur", "De weg 30 jaar geleden", "de laan 50 bomen telt", "in de laan 3 eiken", "langs het pad 5 lantaarns",
    "het park 3 vijvers", "de markt 5 kramen", "op de Markt 5 kramen", "de brug 2 weken dicht", "Mijn straat 10 jaar", "fietspad 3 meter breed",
    "de gracht 2 meter diep", "de wijk 3 scholen", "onze buurt 4 speeltuinen", "het plein 6 bankjes", "vergadering 12", "Raad 12",
    "De Efteling 12 euro", "Het Stadhuis 3 verdiepingen", "De Bibliotheek 2 dagen open", "In Tilburg 5 minuten", "bij Albert Heijn 2 containers",
    "Eindhoven 12 jaar", "Utrecht 3 keer", "wij wonen hier 12 jaar", "ik woon al 30 jaar in de Kerkstraat", "ik woon 3 hoog",
    "wij wonen met 5 mensen", "woont al 10 jaar", "adres onbekend 3", "ik ben 45 en woon hier", "20 mensen uit de Kerkstraat", "de 2e Kerkstraat",
    "1e prijs", "3e keer", "de 4e straat links", "top 40", "max 30", "5 x", "6+", "18+", "2 ton", "2 pk", "3 hoog",
]  # fmt: skip


@pytest.mark.parametrize("around", ["{}", "Hallo, {} en dan verder.", "{}.", "Dat is zo: {} in de buurt"])
def test_harmless_phrases_stay_as_they_are(around: str) -> None:
    wrong = {text: found for text in HARMLESS if (found := find(around.format(text)))}
    assert not wrong
