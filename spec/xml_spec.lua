local xml = require "sonde.xml"

describe("XML", function()
  it("is read tag by tag, with the text before each", function()
    local tags = {}
    local text = "<?xml version='1.0'?><a b='1'><c/>text</a>"
    local conn = { receive_until = function(_, pattern)
      local tag, rest = text:match("^(.-" .. pattern .. ")(.*)$")
      text = rest
      return tag
    end }
    for _ = 1, 4 do
      local tag, name = xml.receive_tag(conn)
      tags[#tags + 1] = tag .. " " .. name
    end
    assert.same({ "<?xml version='1.0'?> ?xml", "<a b='1'> a", "<c/> c", "text</a> /a" }, tags)
  end)

  it("has attributes in either kind of quotes, and no part of another's name", function()
    assert.equal("x y", xml.attribute("<a from='x y' to=\"z\">", "from"))
    assert.equal("z", xml.attribute("<a from='x y' to = \"z\">", "to"))
    assert.is_nil(xml.attribute("<a xfrom='x'>", "from"))
    assert.is_nil(xml.attribute("<a from=x>", "from"))
  end)
end)
