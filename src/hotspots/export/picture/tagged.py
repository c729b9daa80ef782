"""A PDF with tags: what a screen reader says of a picture, in which language, and where its structure is."""

from __future__ import annotations

import io


def tagged_pdf(data: bytes, *, title: str, words: str, lang: str = "en-GB") -> bytes:
    """Return a PDF of one page as a tagged one: a document of one figure, with its text for who cannot see it.

    Without this a reader of matplotlib's PDF hears loose letters in the order in which they were drawn.

    Parameters
    ----------
    data : bytes
        An untagged PDF of one page.
    title : str
        The document's title, which programs show in place of the file's name.
    words : str
        What the figure shows, and where.
    lang : str, default 'en-GB'
        The language of both.

    Returns
    -------
    bytes
        The same for the same picture: no date, no random id.

    References
    ----------
    ISO 32000-1:2008, Document management, Portable document format, 14.7 (logical structure) and 14.8 (tagged PDF).
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import (
        ArrayObject,
        BooleanObject,
        DecodedStreamObject,
        DictionaryObject,
        NameObject,
        NumberObject,
        TextStringObject,
    )

    def entries(**named: object) -> DictionaryObject:
        return DictionaryObject({NameObject(f"/{name}"): held for name, held in named.items()})

    pdf = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    pdf.pdf_header = "%PDF-1.7"
    page = pdf.pages[0]
    # All that is drawn is the content of the figure.
    before, after = DecodedStreamObject(), DecodedStreamObject()
    before.set_data(b"/Figure <</MCID 0>> BDC\n")
    after.set_data(b"\nEMC")
    drawn = page.raw_get("/Contents")
    page[NameObject("/Contents")] = ArrayObject([pdf._add_object(before), drawn, pdf._add_object(after)])
    page[NameObject("/StructParents")] = NumberObject(0)
    page[NameObject("/Tabs")] = NameObject("/S")

    box = ArrayObject([NumberObject(int(side)) for side in page.mediabox])
    tree = entries(Type=NameObject("/StructTreeRoot"))
    root = pdf._add_object(tree)
    whole = entries(Type=NameObject("/StructElem"), S=NameObject("/Document"), P=root)
    document = pdf._add_object(whole)
    figure = pdf._add_object(
        entries(
            Type=NameObject("/StructElem"),
            S=NameObject("/Figure"),
            P=document,
            Pg=page.indirect_reference,
            K=NumberObject(0),
            Alt=TextStringObject(f"{title}. {words}"),
            A=entries(O=NameObject("/Layout"), BBox=box, Placement=NameObject("/Block")),
        )
    )
    whole[NameObject("/K")] = ArrayObject([figure])
    tree[NameObject("/K")] = ArrayObject([document])
    held = ArrayObject([figure])  # by the number of their content on the page
    tree[NameObject("/ParentTree")] = pdf._add_object(entries(Nums=ArrayObject([NumberObject(0), held])))
    tree[NameObject("/ParentTreeNextKey")] = NumberObject(1)

    catalogue = pdf.root_object
    catalogue[NameObject("/StructTreeRoot")] = root
    catalogue[NameObject("/MarkInfo")] = entries(Marked=BooleanObject(True))
    catalogue[NameObject("/Lang")] = TextStringObject(lang)
    catalogue[NameObject("/ViewerPreferences")] = entries(DisplayDocTitle=BooleanObject(True))
    pdf.metadata = {"/Title": title, "/Subject": words, "/Producer": "hotspots, matplotlib, pypdf"}
    made = io.BytesIO()
    pdf.write(made)
    return made.getvalue()
