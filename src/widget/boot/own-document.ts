/**
 * The document by its prototype. Content of a page takes the place of any property of the document itself:
 * `<form name="querySelector">` does (https://html.spec.whatwg.org/#dom-document-nameditem). The build puts this in the
 * place of `document` wherever a member of it is named, so that no code of ours has to think of it.
 */
export const ownDocument = new Proxy({} as Document, {
  get: (_, name) => {
    const member: unknown = Reflect.get(Document.prototype, name, document)
    return typeof member === 'function' ? member.bind(document) : member
  },
})
